"""Where the pixels of an image come from, and one picture as a file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.errors import ExportError
from mild.store.run import Run


def pictures(run: Run, index_T: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return the pictures that the run holds of these instances.

    Raises
    ------
    ExportError
        If it holds none.
    """
    thumbnails_T = run.thumbnails_of(index_T)
    if thumbnails_T is None:
        raise ExportError(
            f"run {run.run_id} holds no pictures of its images (thumbnails.npy); choose the format "
            "csv, parquet, json or cleanlab, or record the run with its images."
        )
    return thumbnails_T


def png(pixels_HW3: npt.NDArray[Any]) -> bytes:
    """Encode without loss."""
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels_HW3)).save(buffer, "PNG")
    return buffer.getvalue()
