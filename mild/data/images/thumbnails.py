"""Small pictures of instances for people to look at, as large as their number allows."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

SMALLEST_SIDE = 64
"""Longest side of a thumbnail, in pixels, however many there are."""
LARGEST_SIDE = 256
"""No more than that, however few there are: the originals show more."""
BUDGET_BYTES = 2**29
"""What the thumbnails of a run may take on disk beyond those of the smallest side."""
STEP = 16
"""Sides between the smallest and the largest are multiples of it."""


def thumbnail_side(n: int, original_side: int) -> int:
    """Choose the longest side of `n` thumbnails, in pixels, by the room that they take on disk.

    Parameters
    ----------
    original_side
        Of the images that they are made of, in pixels: no thumbnail is larger.

    Examples
    --------
    >>> thumbnail_side(600, 3000), thumbnail_side(10_000, 3000), thumbnail_side(50_000, 3000)
    (256, 128, 64)
    >>> thumbnail_side(600, 32)
    32
    """
    fitting = math.isqrt(BUDGET_BYTES // (3 * max(1, n))) // STEP * STEP
    return min(max(fitting, SMALLEST_SIDE), LARGEST_SIDE, original_side)


def thumbnails(
    images_NHWC: npt.NDArray[np.uint8], side: int = SMALLEST_SIDE
) -> npt.NDArray[np.uint8]:
    """Return the images themselves, or smaller ones where a side is longer than `side` pixels."""
    _, height, width, _ = images_NHWC.shape
    longest = max(height, width)
    if longest <= side:
        return images_NHWC
    size = tuple(max(1, length * side // longest) for length in (width, height))
    small = [np.asarray(Image.fromarray(image).resize(size)) for image in images_NHWC]
    return np.stack(small)
