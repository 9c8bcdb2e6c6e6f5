"""Pictures made of pixels: the status mosaic, and many thumbnails in one image."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.figures import palette

UInt8Array = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]

MOSAIC_SIZE = (960, 480)
"""Width and height in pixels."""

_SHADES = 253
_NOT_SEEN, _WHITE = _SHADES + 1, _SHADES + 2
"""Places in the mosaic's palette after its shades, 0 (misclassified) to _SHADES (memorized)."""


def status_mosaic(share_RE: FloatArray, n_epochs: int, divider: int | None = None) -> bytes:
    """Draw a PNG with a row per group of instances and a column per epoch.

    Parameters
    ----------
    share_RE
        Shape (R, E), share of each group memorized in the epochs so far, 0 to 1.
    n_epochs
        Epochs asked for; those to come are drawn as not seen.
    divider
        Row above which to draw a line, between clean and mislabeled instances.
    """
    n_rows, n_done = share_RE.shape
    shades = np.full((n_rows, max(n_epochs, n_done)), _NOT_SEEN, dtype=np.uint8)
    shades[:, :n_done] = np.rint(_SHADES * share_RE)
    width, height = MOSAIC_SIZE
    image = Image.fromarray(shades).resize((width, height), Image.Resampling.NEAREST)
    if divider:
        line = round(height * divider / n_rows)
        image.paste(_WHITE, (0, max(0, line - 1), width, line + 2))
    image.putpalette(_shades())  # a byte per pixel takes a third of the time of three
    return _coded(image)


def contact_sheet(
    thumbnails_NHWC: UInt8Array, *, columns: int, side: int = 64, gap: int = 4
) -> bytes:
    """Draw a PNG of many thumbnails in rows of `columns`, each scaled to `side` pixels."""
    n = len(thumbnails_NHWC)
    rows = -(-n // columns)
    step = side + gap
    sheet = np.zeros((rows * step - gap, columns * step - gap, 4), dtype=np.uint8)
    for position, thumbnail in enumerate(thumbnails_NHWC):
        top, left = (position // columns) * step, (position % columns) * step
        picture = Image.fromarray(np.asarray(thumbnail)).convert("RGBA")
        picture = picture.resize((side, side), Image.Resampling.NEAREST)
        sheet[top : top + side, left : left + side] = np.asarray(picture)
    return _coded(Image.fromarray(sheet))


def _shades() -> list[int]:
    """List colours: misclassified to memorized in equal steps, then not seen, then white."""
    share = np.linspace(0, 1, _SHADES + 1)[:, None]
    mixed = share * palette.MEMORIZED + (1 - share) * palette.MISCLASSIFIED
    return [*mixed.round().astype(int).ravel().tolist(), *palette.NOT_SEEN, 255, 255, 255]


def _coded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
