"""Before training: one look at every image, a chunk at a time, so that any number of them will do.

Axes: N images, C channels.
"""

from __future__ import annotations

import math
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.data.dataset import ImageArray, Images
from mild.data.images.thumbnails import SMALLEST_SIDE, thumbnails
from mild.store.writer import RunWriter
from mild.training.pipeline.channels import channel_counts, mean_and_std

CHUNK_BYTES = 2**26
"""Pixels that are held at a time where they are not all in memory."""
CHECKED = 2_000
"""Of streamed images, so many are held against what they were when a run began: to decode all of a
million would take longer than an epoch."""
REDUCED_BYTES = 2**26
"""Pixels of all images together, made small enough for noise that depends on them."""
LARGEST_REDUCED = 32
SMALLEST_REDUCED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What one look at the images of the training set came to."""

    mean_C: npt.NDArray[np.float64]
    std_C: npt.NDArray[np.float64]
    reduced: npt.NDArray[np.uint8] | None
    """(N, side, side, 3): every image very small; None where nobody asked."""


def survey(
    images: Images,
    writer: RunWriter,
    check: Callable[[], None],
    *,
    side: int = SMALLEST_SIDE,
    pictures: Images | None = None,
    reduced: bool = False,
) -> Survey:
    """Count values by channel and write the thumbnails; `check` is called before each chunk.

    Parameters
    ----------
    side
        Longest side of a thumbnail, in pixels.
    pictures
        The same images, larger and no larger than that, to make thumbnails of; None where `images`
        will do.
    """
    n = images.shape[0]
    counts_CV = np.zeros((3, 256), dtype=np.int64)
    small: list[npt.NDArray[np.uint8]] = []

    def seen() -> Iterator[npt.NDArray[np.uint8]]:
        for chunk in chunks(images, check):
            counts_CV[...] += channel_counts(chunk)
            if reduced:
                small.append(_reduced(chunk, reduced_side(n)))
            yield thumbnails(chunk, side)

    if pictures is None:
        writer.thumbnails_in_chunks((n, *thumbnail_shape(images, side)), seen())
    else:
        deque(seen(), maxlen=0)
        writer.thumbnails_in_chunks((n, *pictures.shape[1:], 3), chunks(pictures, check))
    mean_C, std_C = mean_and_std(counts_CV)
    return Survey(mean_C=mean_C, std_C=std_C, reduced=np.concatenate(small) if small else None)


def thumbnail_shape(images: Images, side: int) -> tuple[int, ...]:
    """Return the shape (h, w, 3) of the thumbnails of these images."""
    _, height, width = images.shape
    return thumbnails(np.zeros((1, height, width, 3), dtype=np.uint8), side).shape[1:]


def chunks(images: Images, check: Callable[[], None]) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield all images in their order, as many at a time as CHUNK_BYTES hold."""
    n, height, width = images.shape
    step = max(1, CHUNK_BYTES // (height * width * 3))
    for start in range(0, n, step):
        check()
        yield images.take(np.arange(start, min(start + step, n))).read_all()


def checksum(*parts: Images, check: Callable[[], None], streamed: bool) -> int:
    """Compute CRC-32 of the pixels; of streamed images, of CHECKED ones of each part."""
    value = 0
    for images in parts:
        n = images.shape[0]
        if streamed and n > CHECKED:
            images = images.take(np.arange(CHECKED) * n // CHECKED)
        for chunk in chunks(images, check):
            value = zlib.crc32(np.ascontiguousarray(chunk).data, value)
    return value


def in_memory(images: Images, check: Callable[[], None]) -> ImageArray:
    """Read all images, once."""
    return ImageArray(images.read_all(lambda *_: check()))


def reduced_side(n: int) -> int:
    """Return the pixels a side of `n` reduced images."""
    fitting = math.isqrt(REDUCED_BYTES // (3 * max(1, n)))
    return min(max(fitting, SMALLEST_REDUCED), LARGEST_REDUCED)


def _reduced(images_NHWC: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    return np.stack(
        [np.asarray(Image.fromarray(each).resize((side, side))) for each in images_NHWC]
    )
