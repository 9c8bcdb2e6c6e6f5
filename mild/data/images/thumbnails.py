"""Small pictures of instances, for people to look at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

THUMBNAIL_SIDE = 64
"""Longest side of a thumbnail, in pixels."""


def thumbnails(images_NHWC: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The images themselves, or smaller where a side is longer than THUMBNAIL_SIDE."""
    _, height, width, _ = images_NHWC.shape
    longest = max(height, width)
    if longest <= THUMBNAIL_SIDE:
        return images_NHWC
    size = tuple(max(1, side * THUMBNAIL_SIDE // longest) for side in (width, height))
    small = [np.asarray(Image.fromarray(image).resize(size)) for image in images_NHWC]
    return np.stack(small)
