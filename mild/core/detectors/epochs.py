"""Signals with a value per epoch and instance, and what is made of them over the epochs.

Rows are read one at a time, so they may be memory maps larger than the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray
from mild.core.detectors.detector import Recorded


@dataclass(frozen=True, kw_only=True, slots=True)
class Epochs:
    """Recorded values, and how a row of them is read."""

    rows_EN: NDArray[np.floating]
    read: Callable[[FloatArray], FloatArray]
    """From finite values of one epoch, shape (N,)."""

    def __iter__(self) -> Iterator[FloatArray]:
        for row_N in self.rows_EN:
            yield self.read(finite(np.asarray(row_N, dtype=np.float64)))


def minus_losses(recorded: Recorded) -> Epochs | None:
    """Return the loss of the given label, its sign turned: lower means more likely wrong."""
    return _epochs(recorded.losses_EN, np.negative)


def confidences(recorded: Recorded) -> Epochs | None:
    """Return the probability of the given label, exp(-loss)."""
    return _epochs(recorded.losses_EN, _probability)


def margins(recorded: Recorded) -> Epochs | None:
    """Return the given label's logit minus the largest other."""
    return _epochs(recorded.margins_EN, np.asarray)


def mean(epochs: Epochs) -> FloatArray:
    """Return the mean over the epochs, shape (N,).

    Examples
    --------
    >>> mean(Epochs(rows_EN=np.array([[1.0, -2.0], [3.0, 0.0]]), read=np.asarray)).tolist()
    [2.0, -1.0]
    """
    total_N = np.zeros(epochs.rows_EN.shape[1])
    for row_N in epochs:
        total_N += row_N
    return total_N / max(len(epochs.rows_EN), 1)


def finite(values_N: FloatArray) -> FloatArray:
    """Replace infinity, to which float16 overflows, by the largest float16, and nan by 0; (N,)."""
    return np.asarray(np.nan_to_num(values_N, nan=0.0, posinf=65504.0, neginf=-65504.0))


def _epochs(
    rows_EN: NDArray[np.floating] | None, read: Callable[[FloatArray], FloatArray]
) -> Epochs | None:
    return None if rows_EN is None else Epochs(rows_EN=rows_EN, read=read)


def _probability(loss_N: FloatArray) -> FloatArray:
    with np.errstate(under="ignore"):
        return np.asarray(np.exp(-loss_N))
