"""The pictures of a spot check: the originals where they are files, else what the run holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from mild.data.images.decode import decode
from mild.data.places import path_of
from mild.errors import DataError
from mild.export.pixels import has_files
from mild.figures.sheets import Sheet, image_sheet
from mild.store.run import Run, open_run

SIDE = 320
"""Longest side that is shown, in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckPictures:
    """A sheet whose cells are filled from the upper left corner."""

    sheet: Sheet
    sizes: tuple[tuple[int, int], ...]
    """Width and height of each picture in its cell."""


@st.cache_resource(max_entries=6, show_spinner="Reading the images …")
def check_pictures(
    root: str, run_id: str, indices: tuple[int, ...], names: tuple[str, ...]
) -> CheckPictures | None:
    """None where there is nothing to look at."""
    run = open_run(run_id, Path(root))
    thumbnails = run.thumbnails()
    found = [
        _original(run, name) if thumbnails is None else _larger(_original(run, name), thumbnails[i])
        for i, name in zip(indices, names, strict=True)
    ]
    shown = [picture for picture in found if picture is not None]
    if len(shown) < len(found) or not shown:
        return None
    height, width = np.max([picture.shape[:2] for picture in shown], axis=0)
    cells = np.zeros((len(shown), height, width, 3), dtype=np.uint8)
    for cell, picture in zip(cells, shown, strict=True):
        cell[: picture.shape[0], : picture.shape[1]] = picture
    sizes = tuple((picture.shape[1], picture.shape[0]) for picture in shown)
    return CheckPictures(sheet=image_sheet(cells), sizes=sizes)


def _larger(
    original: npt.NDArray[np.uint8] | None, thumbnail: npt.NDArray[Any]
) -> npt.NDArray[np.uint8]:
    return np.asarray(thumbnail) if original is None else original


def _original(run: Run, name: str) -> npt.NDArray[np.uint8] | None:
    """None where it is no file of its own, is gone, or cannot be read."""
    data = run.config().data
    if not has_files(data):
        return None
    root = path_of(data).resolve()
    try:
        file = (root / name).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
        image = Image.fromarray(decode(str(file)))
    except (DataError, OSError, ValueError):
        return None
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image)
