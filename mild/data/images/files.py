"""Many image files: find the common size, decode each once, pass over what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from mild.data.dataset import (
    FILES_PER_TASK,
    ImageArray,
    ImageFiles,
    Images,
    IntArray,
    Progress,
    UInt8Array,
)
from mild.data.images.decode import decode, smaller_side
from mild.data.images.image_file import ImageFile
from mild.data.images.thumbnails import thumbnail_side
from mild.errors import DataError

DEFAULT_SIZE = 64
SMALLEST_SIZE = 4
"""Pixels a side below which the layers of a network have nothing to look at."""
FEW = 2
"""Threads for small images: their decoding is mostly Python, and on two cores six threads took
2.5 times the processor time of two."""
LOOKED_AT = 100
"""Files, evenly spaced, whose sizes tell how large the images of a set typically are."""
KEEP_IN_MEMORY = 2**30
"""Bytes of pixels up to which the first decoding is kept, so that no file is decoded twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedFiles:
    """The files that can be read, all decoded once to know it."""

    images: Images
    index_N: IntArray
    """Positions of the readable files in the list that was asked for."""
    skipped: tuple[str, ...]
    size_reason: str


def open_files(
    files: Sequence[ImageFile],
    names: Sequence[str],
    image_size: int | None,
    progress: Progress | None = None,
    *,
    keep: bool = True,
) -> OpenedFiles:
    """Decode every file once, in a few threads; few pixels are kept, if `keep` is true.

    Without `image_size` the images keep their size if all have the same and no side exceeds 64
    pixels; else they become 64 x 64: the largest centred square, scaled.
    """
    first_size = _first_size(files) or (DEFAULT_SIZE, DEFAULT_SIZE)
    size, reason = usual_size(first_size)
    if image_size is not None:
        size, reason = (image_size, image_size), "as asked for"
    elif size == first_size:
        try:
            return _decode_all(
                files, names, size, reason, progress, threads=FEW, keep=keep, exact=True
            )
        except _SizeDiffersError:
            size, reason = (DEFAULT_SIZE, DEFAULT_SIZE), "their sizes differ"
    threads = FEW if max(first_size) <= DEFAULT_SIZE else None
    return _decode_all(files, names, size, reason, progress, threads=threads, keep=keep)


def usual_size(own_size: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """Choose the size (H, W) for images that all have this one, and say why."""
    if max(own_size) > DEFAULT_SIZE:
        return (DEFAULT_SIZE, DEFAULT_SIZE), f"larger than {DEFAULT_SIZE} pixels"
    if min(own_size) < SMALLEST_SIZE:
        return (DEFAULT_SIZE, DEFAULT_SIZE), f"smaller than {SMALLEST_SIZE} pixels"
    return own_size, "their own size"


def larger_pictures(files: Sequence[ImageFile], size: tuple[int, int]) -> ImageFiles | None:
    """Find the same images for people to look at, where thumbnails may be larger than `size`."""
    side = thumbnail_side(len(files), _typical_side(files))
    return ImageFiles(files, (side, side)) if side > max(size) else None


def _typical_side(files: Sequence[ImageFile]) -> int:
    """Find the median of the smaller sides, in pixels; 0 where none can be read."""
    step = max(1, len(files) // LOOKED_AT)
    sides = [side for file in files[::step] if (side := smaller_side(file)) is not None]
    return int(np.median(sides)) if sides else 0


class _SizeDiffersError(Exception):
    pass


def _first_size(files: Sequence[ImageFile]) -> tuple[int, int] | None:
    for file in files:
        try:
            height, width, _ = decode(file).shape
        except DataError:
            continue
        return height, width
    return None


def _decode_all(
    files: Sequence[ImageFile],
    names: Sequence[str],
    size: tuple[int, int],
    reason: str,
    progress: Progress | None,
    *,
    threads: int | None,
    keep: bool,
    exact: bool = False,
) -> OpenedFiles:
    kept_in_memory = keep and len(files) * size[0] * size[1] * 3 <= KEEP_IN_MEMORY
    pixels = np.empty((len(files) if kept_in_memory else 0, *size, 3), dtype=np.uint8)
    problems: dict[int, str] = {}

    def work(start: int) -> int:
        stop = min(start + FILES_PER_TASK, len(files))
        for index in range(start, stop):
            try:
                image = _decode(files[index], names[index], size, exact)
            except DataError as error:
                problems[index] = str(error)
                continue
            if kept_in_memory:
                pixels[index] = image
        return stop - start

    _run_tasks(work, len(files), threads, progress)
    index_N = np.array([i for i in range(len(files)) if i not in problems], dtype=np.int64)
    return OpenedFiles(
        images=_images(files, pixels, index_N, size),
        index_N=index_N,
        skipped=tuple(problems[i] for i in sorted(problems)),
        size_reason=reason,
    )


def _run_tasks(
    work: Callable[[int], int], n: int, threads: int | None, progress: Progress | None
) -> None:
    """Call `work` with the first index of each task; an exception ends all of them."""
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        try:
            for n_files in pool.map(work, range(0, n, FILES_PER_TASK)):
                done += n_files
                if progress:
                    progress(done, n)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _decode(file: ImageFile, name: str, size: tuple[int, int], exact: bool) -> UInt8Array:
    if not exact:
        return decode(file, size, name)
    image = decode(file, None, name)
    if image.shape[:2] != size:
        raise _SizeDiffersError
    return image


def _images(
    files: Sequence[ImageFile], pixels: UInt8Array, index_N: IntArray, size: tuple[int, int]
) -> Images:
    if len(pixels) == 0:
        return ImageFiles([files[i] for i in index_N], size)
    return ImageArray(pixels if len(index_N) == len(files) else pixels[index_N])
