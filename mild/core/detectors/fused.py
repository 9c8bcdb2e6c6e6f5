"""Several detectors as one: a fusion is a row whose signal are the ranks of other rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mild.core.arrays import FloatArray
from mild.core.detectors.detector import Detector, Recorded


def ranks_of(*detectors: Detector[Any]) -> Callable[[Recorded], FloatArray | None]:
    """Make a signal of the ranks that other detectors give, from 0 (most likely wrong) to 1.

    Returns
    -------
    Of what was recorded, shape (D, N), a row for each detector, equal scores sharing their mean
    rank; None where one of them was not recorded.
    """

    def signal(recorded: Recorded) -> FloatArray | None:
        scores = [detector.score(recorded) for detector in detectors]
        found = [score_N for score_N in scores if score_N is not None]
        if len(found) < len(scores):
            return None
        return np.stack([_ranks(score_N) for score_N in found])

    return signal


def mean_rank(rank_DN: FloatArray) -> FloatArray:
    """Return the mean of the ranks, shape (N,)."""
    return np.asarray(rank_DN.mean(axis=0))


def _ranks(score_N: FloatArray) -> FloatArray:
    _, place_N, count_U = np.unique(score_N, return_inverse=True, return_counts=True)
    middle_U = np.cumsum(count_U) - (count_U + 1) / 2
    return np.asarray(middle_U[place_N] / max(score_N.size - 1, 1))
