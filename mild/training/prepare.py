"""Before training: read the data set, draw wrong labels if asked, write down who is who."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mild.config import RunConfig
from mild.core import noise
from mild.data import sources
from mild.data.dataset import IntArray, LabelledImages
from mild.data.thumbnails import thumbnails
from mild.errors import DataError
from mild.store.writer import RunWriter
from mild.training.stopping import Stop

MIN_INSTANCES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What training and judging need. Only the judge is handed `clean_N`."""

    images_NHWC: npt.NDArray[np.uint8]
    given_N: IntArray
    clean_N: IntArray | None
    test_images_MHWC: npt.NDArray[np.uint8]
    test_labels_M: IntArray
    n_classes: int


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

    def heed(*_: int) -> None:
        stop.check()

    data = sources.load(config.data, seed=config.seed, progress=heed)
    if len(data.given_N) < MIN_INSTANCES:
        raise DataError(
            f"{data.description}: {len(data.given_N)} images are left to train on, at least "
            f"{MIN_INSTANCES} are needed; add images or lower the held-out share."
        )
    given_N, clean_N = _given_and_clean(config, data, writer)
    images_NHWC, test_images_MHWC = data.images.read_all(heed), data.test_images.read_all(heed)
    writer.facts(images_checksum=checksum(images_NHWC, test_images_MHWC))
    writer.instances(given_N=given_N, clean_N=clean_N, names=data.names)
    writer.thumbnails(thumbnails(images_NHWC))
    _write_facts(data, writer)
    return Prepared(
        images_NHWC=images_NHWC,
        given_N=given_N,
        clean_N=clean_N,
        test_images_MHWC=test_images_MHWC,
        test_labels_M=data.test_labels_M,
        n_classes=len(data.class_names),
    )


def checksum(*parts: npt.NDArray[np.uint8]) -> int:
    """CRC-32 of the pixels."""
    value = 0
    for images in parts:
        value = zlib.crc32(np.ascontiguousarray(images).data, value)
    return value


def _given_and_clean(
    config: RunConfig, data: LabelledImages, writer: RunWriter
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
        images_N=data.images.read_all() if config.noise.model == "instance" else None,
    )
    writer.facts(
        requested_noise_rate=noisy.requested_rate,
        actual_noise_rate=noisy.actual_rate,
        requested_transitions=noisy.requested_matrix_CC.tolist(),
        actual_transitions=noisy.actual_matrix_CC.tolist(),
    )
    return noisy.given_N, trusted_N


def _write_facts(data: LabelledImages, writer: RunWriter) -> None:
    n, height, width = data.images.shape
    writer.facts(
        description=data.description,
        class_names=list(data.class_names),
        n_instances=n,
        n_test=len(data.test_labels_M),
        image_height=height,
        image_width=width,
        n_skipped=len(data.skipped),
    )
    for sentence in data.skipped[:1000]:
        writer.event("skipped", sentence)
    for sentence in data.notes:
        writer.event("note", sentence)
