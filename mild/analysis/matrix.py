"""The status matrix of a round: ordered, and thinned to what a screen can show.

Axes: N instances of a round by slot, R rows of the picture, E epochs, K packed bytes.
"""

from __future__ import annotations

import threading
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import NEVER, LearningDynamics, unpack_status

Array = npt.NDArray[Any]
Sort = Literal["metric", "class", "first"]

ROWS, COLUMNS = 400, 600
"""What a screen shows; more instances or epochs are averaged."""
MOSAIC_ROWS = 240
"""Of the picture of a run under way."""
PERCENT = 100


class Matrix:
    """Status of a round, its instances in a fixed order, averaged over rows; grows by epochs.

    Rows are of equal size unless `starts_R` tells the place in the order where each begins.
    """

    def __init__(self, order_N: Array, starts_R: Array | None = None) -> None:
        self.order_N = order_N
        n_rows = min(len(order_N), ROWS)
        if starts_R is None:
            starts_R = np.arange(n_rows, dtype=np.int64) * len(order_N) // max(1, n_rows)
        self.starts_R = starts_R
        self.n_R = np.diff(np.append(self.starts_R, len(order_N)))
        self._columns: list[npt.NDArray[np.uint8]] = []
        self._lock = threading.Lock()

    def slots(self, row: int) -> Array:
        """Return the instances behind a row."""
        start = int(self.starts_R[row])
        return self.order_N[start : start + int(self.n_R[row])]

    def percent(self, status_EK: Array) -> npt.NDArray[np.uint8]:
        """Average the status, (R, E), in per cent; only epochs not asked for before are read."""
        with self._lock:
            for epoch in range(len(self._columns), len(status_EK)):
                self._columns.append(self._column(status_EK[epoch : epoch + 1]))
            if not len(status_EK):
                return np.zeros((len(self.starts_R), 0), dtype=np.uint8)
            return np.stack(self._columns[: len(status_EK)], axis=1)

    def mean(self, values_N: Array) -> npt.NDArray[np.float64]:
        """Average some value over the instances of each row, shape (R,)."""
        sums_R = np.add.reduceat(values_N[self.order_N], self.starts_R, dtype=np.float64)
        return np.asarray(sums_R / self.n_R)

    def _column(self, status_1K: Array) -> npt.NDArray[np.uint8]:
        # The order may leave instances out: all that the bytes hold are unpacked.
        status_N = unpack_status(status_1K, 8 * status_1K.shape[1])[0]
        sums_R = np.add.reduceat(status_N[self.order_N], self.starts_R, dtype=np.int64)
        return np.asarray(np.rint(PERCENT * sums_R / self.n_R), dtype=np.uint8)


def thin_columns(percent_RE: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], int]:
    """Average to at most COLUMNS columns; return them, and how many epochs each stands for."""
    n_rows, n_epochs = percent_RE.shape
    each = -(-n_epochs // COLUMNS)
    if each <= 1:
        return percent_RE, 1
    starts = np.arange(0, n_epochs, each)
    sums = np.add.reduceat(percent_RE, starts, axis=1, dtype=np.int64)
    lengths = np.diff(np.append(starts, n_epochs))
    return np.asarray(np.rint(sums / lengths), dtype=np.uint8).reshape(n_rows, -1), each


def order_epochs(recorded: int, asked: int) -> int:
    """Say after how many epochs instances are ordered anew: all at the end, before that rarely.

    Examples
    --------
    >>> [order_epochs(recorded, 20) for recorded in (1, 2, 3, 5, 7, 19, 20)]
    [1, 2, 3, 4, 6, 16, 20]
    """
    if recorded >= asked:
        return recorded
    power = 1 << (recorded.bit_length() - 1)
    return max(step for step in (power, power + power // 2) if step <= recorded)


def sorted_matrix(
    order_by: LearningDynamics, n_epochs: int, sort: Sort, given_N: Array, planted_N: Array
) -> Matrix:
    """Order the rows of a round's picture by its dynamics after the first `n_epochs`.

    Planted instances are left out: their status is of another label.
    """
    first_N = np.where(
        order_by.first_memorized_epoch_N == NEVER, n_epochs + 1, order_by.first_memorized_epoch_N
    )
    missed_N = order_by.misclassified_N.astype(np.int64)
    major, minor = {
        "metric": (missed_N, first_N),
        "class": (given_N, missed_N),
        "first": (first_N, missed_N),
    }[sort]
    order = np.argsort(np.asarray(major) * (n_epochs + 2) + minor, kind="stable")
    return Matrix(order[~planted_N[order]])


def grouped_matrix(
    order_by_N: Array, right_N: Array | None, planted_N: Array
) -> tuple[Matrix, int | None]:
    """Order the rows of a picture that grows; return them, and the first mislabeled one.

    Clean above mislabeled where that is known; within each, by `order_by_N`, lower ones above.
    Planted instances are left out: their status is of another label.
    """
    shown = np.flatnonzero(~planted_N)
    n = len(shown)
    if right_N is None or right_N[shown].all() or not right_N[shown].any():
        order = shown[np.argsort(order_by_N[shown], kind="stable")]
        return Matrix(order, _row_starts(n, MOSAIC_ROWS)), None
    order = shown[np.lexsort((order_by_N[shown], ~right_N[shown]))]
    n_right = int(right_N[shown].sum())
    rows_right = min(MOSAIC_ROWS - 1, max(1, round(MOSAIC_ROWS * n_right / n)))
    right = _row_starts(n_right, rows_right)
    wrong = n_right + _row_starts(n - n_right, MOSAIC_ROWS - rows_right)
    return Matrix(order, np.concatenate([right, wrong])), len(right)


def _row_starts(n: int, n_rows: int) -> npt.NDArray[np.int64]:
    return np.unique(np.arange(min(n, n_rows), dtype=np.int64) * n // max(1, min(n, n_rows)))
