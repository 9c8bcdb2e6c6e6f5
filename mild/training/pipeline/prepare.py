"""Before training: read the data set, draw wrong labels if asked, write down who is who."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from mild.config import RunConfig
from mild.core import noise
from mild.data import load as sources
from mild.data.dataset import ImageArray, Images, IntArray, LabelledImages
from mild.data.images.thumbnails import thumbnail_side, thumbnails
from mild.errors import DataError
from mild.store.writer import RunWriter
from mild.training.models.expected import sized_data
from mild.training.pipeline.survey import (
    checksum,
    chunks,
    in_memory,
    survey,
    thumbnail_shape,
)
from mild.training.runtime.automatic import pipeline
from mild.training.runtime.memory import memories
from mild.training.runtime.stop import Stop


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What training and judging need. Only the judge is handed `clean_N`."""

    images: Images
    given_N: IntArray
    clean_N: IntArray | None
    test_images: Images
    test_labels_M: IntArray
    n_classes: int
    streamed: Streamed | None = None
    """None where all images are in memory and go to the device as they are."""

    def without_images(self) -> Prepared:
        """Keep what is needed once the images are on the device; give their memory back."""
        nothing = np.arange(0)
        return replace(
            self, images=self.images.take(nothing), test_images=self.test_images.take(nothing)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    """What has to be known beforehand of images that are decoded each time they are needed."""

    mean_C: tuple[float, ...]
    """Of each channel in the training set, in units of 255."""
    std_C: tuple[float, ...]


def prepare(config: RunConfig, writer: RunWriter, stop: Stop) -> Prepared:
    """Load, corrupt, and write instances, thumbnails and facts.

    Raises
    ------
    Stopped
        Between two files, after a request to stop.
    DataError
        If the data set cannot be used.
    NoiseError
        If the noise model does not fit it.
    """
    data = _loaded(config, writer, stop)
    streamed = _is_streamed(config, data, writer)
    if not streamed:
        data = all_in_memory(data, stop)
    reads_images = noise.MODELS[config.noise.model].reads_images
    by_pixels = reads_images and not isinstance(data.images, ImageArray)
    side = _thumbnail_side(data, writer)
    survey_ = partial(survey, side=side, pictures=data.pictures, reduced=by_pixels)
    look = cache(lambda: survey_(data.images, writer, stop.check))
    given_N, clean_N = _given_and_clean(
        config, data, writer, lambda: look().reduced if by_pixels else data.images.read_all()
    )
    mean_C, std_C = (tuple(map(float, of)) for of in (look().mean_C, look().std_C))
    writer.facts(
        images_checksum=checksum(
            data.images, data.test_images, check=stop.check, streamed=streamed
        ),
        images_mean=mean_C,
        images_deviation=std_C,
    )
    writer.instances(given_N=given_N, clean_N=clean_N, names=data.names)
    _write_held_out(config, data, writer, stop, side)
    _write_facts(data, writer)
    return Prepared(
        images=data.images,
        given_N=given_N,
        clean_N=clean_N,
        test_images=data.test_images,
        test_labels_M=data.test_labels_M,
        n_classes=len(data.class_names),
        streamed=Streamed(mean_C=mean_C, std_C=std_C) if streamed else None,
    )


def _loaded(config: RunConfig, writer: RunWriter, stop: Stop) -> LabelledImages:
    data = sources.load(
        sized_data(config),
        seed=config.seed,
        progress=lambda *_: stop.check(),
        say=lambda sentence: writer.set_state("preparing", sentence),
    )
    if len(data.given_N) < sources.MIN_INSTANCES:
        raise DataError(
            f"{data.description}: {len(data.given_N)} images are left to train on, at least "
            f"{sources.MIN_INSTANCES} are needed; add images or lower the held-out share."
        )
    return data


def all_in_memory(data: LabelledImages, stop: Stop) -> LabelledImages:
    """Return the same data set with every image decoded."""
    images, test_images = (in_memory(part, stop.check) for part in (data.images, data.test_images))
    return replace(data, images=images, test_images=test_images)


def _is_streamed(config: RunConfig, data: LabelledImages, writer: RunWriter) -> bool:
    n_bytes = sum(3 * math.prod(part.shape) for part in (data.images, data.test_images))
    chosen, reason = pipeline(config.data.pipeline, n_bytes, lambda: memories(config.device))
    writer.facts(pipeline=chosen, pipeline_reason=reason)
    return chosen == "streaming"


def _given_and_clean(
    config: RunConfig,
    data: LabelledImages,
    writer: RunWriter,
    pixels: Callable[[], npt.NDArray[np.uint8] | None],
) -> tuple[IntArray, IntArray | None]:
    if config.noise.model == "none":
        if data.clean_N is not None:
            writer.facts(actual_noise_rate=float((data.given_N != data.clean_N).mean()))
        return data.given_N, data.clean_N
    # Whoever adds noise takes the labels of the source for the truth.
    trusted_N = data.clean_N if data.clean_N is not None else data.given_N
    purpose = zlib.crc32(b"noise")
    noisy = noise.corrupt(
        trusted_N,
        model=config.noise.model,
        rate=config.noise.rate,
        n_classes=len(data.class_names),
        rng=np.random.default_rng([config.seed, purpose]),
        data_set=config.data.source,
        class_map=config.noise.class_map,
        matrix_CC=None if config.noise.matrix is None else np.asarray(config.noise.matrix),
        images_N=pixels() if noise.MODELS[config.noise.model].reads_images else None,
    )
    writer.facts(
        requested_noise_rate=noisy.requested_rate,
        actual_noise_rate=noisy.actual_rate,
        requested_transitions=noisy.requested_matrix_CC.tolist(),
        actual_transitions=noisy.actual_matrix_CC.tolist(),
    )
    return noisy.given_N, trusted_N


def _thumbnail_side(data: LabelledImages, writer: RunWriter) -> int:
    """Choose the longest side of a thumbnail; what all take on disk becomes a fact."""
    n = data.images.shape[0] + data.test_images.shape[0]
    side = thumbnail_side(n, max((data.pictures or data.images).shape[1:]))
    shape = thumbnail_shape(data.pictures or data.images, side)
    writer.facts(thumbnail_pixels=max(shape[:2]), thumbnail_bytes=n * math.prod(shape))
    return side


def _write_held_out(
    config: RunConfig, data: LabelledImages, writer: RunWriter, stop: Stop, side: int
) -> None:
    """Write who is held out; where wrong labels were made, the held-out part has none of them."""
    if not len(data.test_labels_M):
        return
    given_M, clean_M = data.test_given_M, data.test_clean_M
    if config.noise.model != "none":
        given_M = clean_M = data.test_labels_M
    writer.held_out(given_M=given_M, clean_M=clean_M, names=data.test_names)
    pictures = data.test_pictures or data.test_images
    small = (thumbnails(chunk, side) for chunk in chunks(pictures, stop.check))
    writer.held_out_thumbnails(np.concatenate(list(small)))


def _write_facts(data: LabelledImages, writer: RunWriter) -> None:
    n, height, width = data.images.shape
    writer.facts(
        description=data.description,
        class_names=list(data.class_names),
        n_instances=n,
        n_test=len(data.test_labels_M),
        own_test_part=data.own_test_part,
        n_set_aside=data.n_set_aside,
        image_height=height,
        image_width=width,
        n_skipped=len(data.skipped),
    )
    for sentence in data.skipped[:1000]:
        writer.event("skipped", sentence)
    for sentence in data.notes:
        writer.event("note", sentence)
