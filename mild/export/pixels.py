"""One picture as a file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image


def png(pixels_HW3: npt.NDArray[Any]) -> bytes:
    """Without loss."""
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels_HW3)).save(buffer, "PNG")
    return buffer.getvalue()
