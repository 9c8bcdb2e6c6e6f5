"""A round's status as the dynamics page needs it: ordered, thinned to a screen, and counted.

Axes: N instances of a round by slot, R rows of the picture, E epochs, K packed bytes.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.learning import Curves, Groups, round_curves, two_groups
from mild.core.dynamics import NEVER, LearningDynamics, summarize, unpack_status
from mild.store.run import Run, open_run
from mild.ui.recorded import instances, right_labels

Array = npt.NDArray[Any]
Sort = Literal["metric", "class", "first"]

ROWS, COLUMNS = 400, 600
"""What a screen shows; more instances or epochs are averaged."""
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
        """The instances behind a row."""
        start = int(self.starts_R[row])
        return self.order_N[start : start + int(self.n_R[row])]

    def percent(self, status_EK: Array) -> npt.NDArray[np.uint8]:
        """Shape (R, E), share memorized in per cent; only epochs not asked for before are read."""
        with self._lock:
            for epoch in range(len(self._columns), len(status_EK)):
                self._columns.append(self._column(status_EK[epoch : epoch + 1]))
            if not len(status_EK):
                return np.zeros((len(self.starts_R), 0), dtype=np.uint8)
            return np.stack(self._columns[: len(status_EK)], axis=1)

    def mean(self, values_N: Array) -> npt.NDArray[np.float64]:
        """Shape (R,): average of some value over the instances of each row."""
        sums_R = np.add.reduceat(values_N[self.order_N], self.starts_R, dtype=np.float64)
        return np.asarray(sums_R / self.n_R)

    def _column(self, status_1K: Array) -> npt.NDArray[np.uint8]:
        # The order may leave instances out: all that the bytes hold are unpacked.
        status_N = unpack_status(status_1K, 8 * status_1K.shape[1])[0]
        sums_R = np.add.reduceat(status_N[self.order_N], self.starts_R, dtype=np.int64)
        return np.asarray(np.rint(PERCENT * sums_R / self.n_R), dtype=np.uint8)


def thin_columns(percent_RE: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], int]:
    """At most COLUMNS columns, and how many epochs each stands for."""
    n_rows, n_epochs = percent_RE.shape
    each = -(-n_epochs // COLUMNS)
    if each <= 1:
        return percent_RE, 1
    starts = np.arange(0, n_epochs, each)
    sums = np.add.reduceat(percent_RE, starts, axis=1, dtype=np.int64)
    lengths = np.diff(np.append(starts, n_epochs))
    return np.asarray(np.rint(sums / lengths), dtype=np.uint8).reshape(n_rows, -1), each


def is_finished(run: Run, number: int) -> bool:
    """Whether a round has its selection."""
    return any(record.round == number for record in run.rounds())


def groups(run: Run, number: int) -> Groups | None:
    """By the truth; where that is unknown, by what a finished round kept; else None."""
    return _groups(str(run.folder.path.parent), run.run_id, number, is_finished(run, number))


def dynamics(run: Run, number: int, n_epochs: int) -> LearningDynamics:
    """How each instance was memorized and forgotten in the first `n_epochs` of a round."""
    return _dynamics(str(run.folder.path.parent), run.run_id, number, n_epochs)


def matrix(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> Matrix:
    """The picture's rows. Their order is kept while a round grows, for a while.

    `n_epochs`: ordered as when so many were recorded; by default by all there are.
    """
    return _matrix(
        str(run.folder.path.parent), run.run_id, number, sort, ordered_by(run, number, n_epochs)
    )


def ordered_by(run: Run, number: int, n_epochs: int | None = None) -> int:
    """The epochs by which the rows of the picture are ordered."""
    recorded = run.n_epochs(number) if n_epochs is None else n_epochs
    return order_epochs(recorded, run.config().rounds[number].epochs)


def order_epochs(recorded: int, asked: int) -> int:
    """After how many epochs instances are ordered anew: all at the end, before that rarely.

    Examples
    --------
    >>> [order_epochs(recorded, 20) for recorded in (1, 2, 3, 5, 7, 19, 20)]
    [1, 2, 3, 4, 6, 16, 20]
    """
    if recorded >= asked:
        return recorded
    power = 1 << (recorded.bit_length() - 1)
    return max(step for step in (power, power + power // 2) if step <= recorded)


def memorized_curves(run: Run, number: int, n_epochs: int | None = None) -> Curves:
    """Share memorized per epoch, 0 to 1, of all instances and of both groups; nan if too small."""
    root = str(run.folder.path.parent)
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _curves(root, run.run_id, number, n_epochs, is_finished(run, number))


@st.cache_resource(max_entries=16, show_spinner=False)
def _groups(root: str, run_id: str, number: int, finished: bool) -> Groups | None:
    run = open_run(run_id, Path(root))
    right_N = right_labels(run, run.index(number))
    kept_N = run.selection(number)["kept"] if finished and right_N is None else None
    return two_groups(right_N, kept_N, run.planted(number).mask(len(run.index(number))))


@st.cache_resource(max_entries=8, show_spinner="Counting epochs …")
def _dynamics(root: str, run_id: str, number: int, n_epochs: int) -> LearningDynamics:
    run = open_run(run_id, Path(root))
    return summarize(run.status(number), len(run.index(number)), n_epochs=n_epochs)


@st.cache_resource(max_entries=12, show_spinner="Sorting images …")
def _matrix(root: str, run_id: str, number: int, sort: Sort, n_epochs: int) -> Matrix:
    run = open_run(run_id, Path(root))
    found = dynamics(run, number, n_epochs)
    first_N = np.where(
        found.first_memorized_epoch_N == NEVER, n_epochs + 1, found.first_memorized_epoch_N
    )
    missed_N = found.misclassified_N.astype(np.int64)
    by = {
        "metric": (missed_N, first_N),
        "class": (instances(run).given_N[run.index(number)], missed_N),
        "first": (first_N, missed_N),
    }[sort]
    major, minor = by
    order = np.argsort(np.asarray(major) * (n_epochs + 2) + minor, kind="stable")
    planted_N = run.planted(number).mask(len(order))  # their status is of another label
    return Matrix(order[~planted_N[order]])


@st.cache_data(max_entries=64, show_spinner=False)
def _curves(root: str, run_id: str, number: int, n_epochs: int, finished: bool) -> Curves:
    run = open_run(run_id, Path(root))
    split = _groups(root, run_id, number, finished)
    n = len(run.index(number))
    planted_N = run.planted(number).mask(n)
    return round_curves(run.status(number)[:n_epochs], n, split, planted_N)
