"""The pictures of a spot check: the originals where they are files, else what the run holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.figures.pictures.sheets import Sheet, image_sheet
from mild.store.run import Run
from mild.ui.cache.decorators import per_run
from mild.ui.review.pictures import originals

SIDE = 320
"""Longest side that is shown, in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckPictures:
    """A sheet whose cells are filled from the upper left corner."""

    sheet: Sheet
    sizes: tuple[tuple[int, int], ...]
    """Width and height of each picture in its cell."""


@per_run(6, "Reading what is to be checked …")
def check_pictures(
    run: Run, indices: tuple[int, ...], names: tuple[str, ...]
) -> CheckPictures | None:
    """Put the pictures on one sheet; None where there is nothing to look at."""
    thumbnails_T = run.thumbnails_of(np.array(indices, dtype=np.int64))
    shown = []
    for place, name in enumerate(names):
        original = originals(run).read(name, SIDE)
        if original is not None:
            shown.append(original.pixels)
        elif thumbnails_T is not None:
            shown.append(thumbnails_T[place])
        else:
            return None
    return _in_cells(shown) if shown else None


def _in_cells(shown: list[npt.NDArray[Any]]) -> CheckPictures:
    height, width = np.max([picture.shape[:2] for picture in shown], axis=0)
    cells = np.zeros((len(shown), height, width, 3), dtype=np.uint8)
    for cell, picture in zip(cells, shown, strict=True):
        cell[: picture.shape[0], : picture.shape[1]] = picture
    sizes = tuple((picture.shape[1], picture.shape[0]) for picture in shown)
    return CheckPictures(sheet=image_sheet(cells), sizes=sizes)
