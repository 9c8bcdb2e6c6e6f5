"""Many small pictures in one file: a browser asks once and cuts them out itself."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.figures import palette

UInt8Array = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]

COLUMNS = 12
LOSSLESS_BYTES = 60_000
"""Raw pixels up to which a PNG is small enough; beyond it, WebP."""
WEBP_QUALITY = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """Pictures in rows of `columns`, each in a cell of `width` x `height` pixels."""

    content: bytes
    """PNG or WebP."""
    columns: int
    rows: int
    width: int
    height: int
    gutter: int = 0
    """Pixels around each picture that repeat its edge, beyond its cell's width and height."""


def image_sheet(pictures_THW3: UInt8Array, gutter: int = 0) -> Sheet:
    """Put thumbnails on one sheet, none of them scaled."""
    n, height, width, _ = pictures_THW3.shape
    edge = (gutter, gutter)
    framed_THW3 = np.pad(pictures_THW3, ((0, 0), edge, edge, (0, 0)), mode="edge")
    rows = max(1, -(-n // COLUMNS))
    canvas = np.zeros((rows * COLUMNS, *framed_THW3.shape[1:]), dtype=np.uint8)
    canvas[:n] = framed_THW3
    canvas = canvas.reshape(rows, COLUMNS, *framed_THW3.shape[1:]).transpose(0, 2, 1, 3, 4)
    tall = rows * (height + 2 * gutter)
    image = Image.fromarray(np.ascontiguousarray(canvas.reshape(tall, -1, 3)))
    buffer = io.BytesIO()
    if canvas.size <= LOSSLESS_BYTES:
        image.save(buffer, "PNG")
    else:
        image.save(buffer, "WEBP", quality=WEBP_QUALITY, method=1)
    return Sheet(
        content=buffer.getvalue(),
        columns=COLUMNS,
        rows=rows,
        width=width,
        height=height,
        gutter=gutter,
    )


def small_webp(picture_HW3: UInt8Array, side: int) -> bytes:
    """Encode a picture, made smaller where it is larger than `side` pixels a side."""
    image = Image.fromarray(np.asarray(picture_HW3))
    image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=WEBP_QUALITY, method=1)
    return buffer.getvalue()


def strips(share_TW: FloatArray) -> bytes:
    """Draw a PNG with a row of pixels per instance: memorized, misclassified, nothing for nan.

    `share_TW` from `mild.analysis.instances.timelines.timelines`.
    """
    known = ~np.isnan(share_TW)
    share = np.where(known, share_TW, 0.0)[..., None]
    pixels = np.empty((*share_TW.shape, 4), dtype=np.uint8)
    colour = share * palette.MEMORIZED + (1 - share) * palette.MISCLASSIFIED
    pixels[..., :3] = colour.round()
    pixels[..., 3] = np.where(known, 255, 0)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()
