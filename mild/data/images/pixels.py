"""Arrays of pixels as other programs save them, brought to uint8 RGB of one size."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.data.dataset import FILES_PER_TASK, ImageArray, Images, UInt8Array
from mild.data.images.decode import fit
from mild.data.images.files import usual_size
from mild.errors import DataError

COLOURS = (1, 3, 4)


def to_rgb(images: npt.NDArray[Any], where: str) -> UInt8Array:
    """Turn (N, H, W), (N, H, W, C) or (N, C, H, W) with 1, 3, 4 channels into uint8 (N, H, W, 3).

    Fractions must lie in 0 .. 1; 8-bit values stay, 16-bit ones lose their lower half; the fourth
    colour is opacity over white.
    """
    images = images[..., None] if images.ndim == 3 else images
    if images.ndim == 4 and images.shape[3] not in COLOURS and images.shape[1] in COLOURS:
        images = images.transpose(0, 2, 3, 1)
    if images.ndim != 4 or images.shape[3] not in COLOURS or 0 in images.shape:
        raise DataError(
            f"{where}: images have the shape {images.shape}, "
            "but (N, H, W), (N, H, W, 3) or (N, 3, H, W) is needed."
        )
    images = _to_bytes(images, where)
    if images.shape[3] == 4:
        opacity = images[..., 3:].astype(np.uint16)
        images = ((images[..., :3] * opacity + 255 * (255 - opacity)) // 255).astype(np.uint8)
    elif images.shape[3] == 1:
        images = np.repeat(images, 3, axis=3)
    return np.ascontiguousarray(images)


def fit_images(images: Images, image_size: int | None) -> tuple[Images, str]:
    """Scale images in memory by the rule for files, and say why they have the size they have."""
    _, height, width = images.shape
    if image_size is not None:
        return scale_images(images, (image_size, image_size)), "as asked for"
    size, reason = usual_size((height, width))
    return scale_images(images, size), reason


def scale_images(images: Images, size: tuple[int, int]) -> Images:
    """Scale the largest centred part of the shape (H, W) to it; unchanged if it fits already."""
    if images.shape[1:] == size:
        return images
    pixels = images.read_all()
    scaled = np.empty((len(pixels), *size, 3), dtype=np.uint8)

    def work(start: int) -> None:
        for i in range(start, min(start + FILES_PER_TASK, len(pixels))):
            scaled[i] = np.asarray(fit(Image.fromarray(pixels[i]), size))

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, range(0, len(pixels), FILES_PER_TASK)))
    return ImageArray(scaled)


def _to_bytes(images: npt.NDArray[Any], where: str) -> UInt8Array:
    if images.dtype == np.uint8:
        return np.asarray(images, dtype=np.uint8)
    if images.dtype == np.bool_:
        return np.where(images, 255, 0).astype(np.uint8)
    low, high = (images.min(), images.max()) if images.dtype.kind in "iuf" else (0, math.inf)
    if images.dtype.kind == "f" and low >= 0 and high <= 1:
        return np.asarray(np.rint(images * 255), dtype=np.uint8)
    if images.dtype == np.uint16 and high > 255:
        return (images >> 8).astype(np.uint8)
    if images.dtype.kind in "iu" and low >= 0 and high <= 255:
        return images.astype(np.uint8)
    raise DataError(
        f"{where}: images are {images.dtype} from {low} to {high}, "
        "but 0 to 255 or fractions from 0 to 1 are needed. Undo the normalisation."
    )
