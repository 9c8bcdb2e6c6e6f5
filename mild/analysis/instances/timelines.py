"""The learning of a few instances, epoch by epoch, over all finished rounds.

Of held-out instances, which nothing is learned of, whether they were taken for their given label.

Legend: T instances shown, E epochs of a round, W columns of the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import MeasuredInstances
from mild.store.run import Run

FloatArray = npt.NDArray[np.float64]

MAX_COLUMNS = 120
"""Of all rounds together: about as many as a picture has pixels on a screen."""
GAP = 1
"""Columns between two rounds."""


def timelines(run: Run, measured: MeasuredInstances, index_T: npt.NDArray[np.int64]) -> FloatArray:
    """Average the status of a few instances over the epochs of each column, shape (T, W).

    It is the share of epochs in which an instance was memorized, or, held out, predicted as given.

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
        share_TW = _round(status_EK, measured.slot_RA[number][index_T], per_column)
        _put_held_out(run, number, measured, index_T, share_TW, per_column)
        parts.append(share_TW)
    return np.concatenate(parts, axis=1)


def _put_held_out(
    run: Run,
    number: int,
    measured: MeasuredInstances,
    index_T: npt.NDArray[np.int64],
    share_TW: FloatArray,
    per_column: int,
) -> None:
    held_out = np.flatnonzero(measured.held_out_A[index_T])
    predictions_EM = run.held_out_predictions(number) if len(held_out) else None
    if predictions_EM is None:
        return
    index = index_T[held_out]
    first = measured.n - int(measured.held_out_A.sum())
    agreed_ET = predictions_EM[:, index - first] == measured.given_A[index]
    share_TW[held_out] = _in_columns(agreed_ET, per_column).T


def _round(
    status_EK: npt.NDArray[np.uint8], slot_T: npt.NDArray[np.int32], per_column: int
) -> FloatArray:
    byte_T, bit_T = np.maximum(slot_T, 0) // 8, 7 - np.maximum(slot_T, 0) % 8
    memorized_ET = (status_EK[:, byte_T] >> bit_T.astype(np.uint8)) & 1
    share_WT = _in_columns(memorized_ET, per_column)
    share_WT[:, slot_T < 0] = np.nan
    return np.asarray(share_WT.T)


def _in_columns(agreed_ET: npt.NDArray[Any], per_column: int) -> FloatArray:
    starts = np.arange(0, len(agreed_ET), per_column)
    sums_WT = np.add.reduceat(agreed_ET, starts, axis=0, dtype=np.int64)
    return np.asarray(sums_WT / np.diff(np.append(starts, len(agreed_ET)))[:, None])
