"""The learning of a few instances, epoch by epoch, over all finished rounds.

Legend: T instances shown, E epochs of a round, W columns of the picture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mild.instances import MeasuredInstances
from mild.store.run import Run

FloatArray = npt.NDArray[np.float64]

MAX_COLUMNS = 120
"""Of all rounds together: about as many as a picture has pixels on a screen."""
GAP = 1
"""Columns between two rounds."""


def timelines(run: Run, measured: MeasuredInstances, index_T: npt.NDArray[np.int64]) -> FloatArray:
    """Shape (T, W): share of the epochs of each column in which an instance was memorized.

    A column is one epoch, or several where there are many; nan between two rounds, and in rounds
    that did not train on the instance.
    """
    rounds = [run.status(number) for number in range(measured.n_rounds)]
    n_epochs = sum(len(status_EK) for status_EK in rounds)
    per_column = -(-n_epochs // MAX_COLUMNS) or 1
    parts: list[FloatArray] = []
    for number, status_EK in enumerate(rounds):
        if number:
            parts.append(np.full((len(index_T), GAP), np.nan))
        parts.append(_round(status_EK, measured.slot_RA[number][index_T], per_column))
    return np.concatenate(parts, axis=1)


def _round(
    status_EK: npt.NDArray[np.uint8], slot_T: npt.NDArray[np.int32], per_column: int
) -> FloatArray:
    byte_T, bit_T = np.maximum(slot_T, 0) // 8, 7 - np.maximum(slot_T, 0) % 8
    memorized_ET = (status_EK[:, byte_T] >> bit_T.astype(np.uint8)) & 1
    starts = np.arange(0, len(memorized_ET), per_column)
    sums_WT = np.add.reduceat(memorized_ET, starts, axis=0, dtype=np.int64)
    share_WT = sums_WT / np.diff(np.append(starts, len(memorized_ET)))[:, None]
    share_WT[:, slot_T < 0] = np.nan
    return np.asarray(share_WT.T)
