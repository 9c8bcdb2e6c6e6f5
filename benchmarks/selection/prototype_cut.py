"""A cut by planted labels in thirty lines: what `mild.core.planted.anchored` is held against.

If mislabeled instances score like planted ones and are a share w of the others, then above any
threshold t P(others > t) >= w * P(planted > t). The smallest such ratio, one standard error up,
is taken for w; the cut has the highest F1 that follows. Only thresholds above which at least half
of the planted lie are looked at: of the far tail hardly any natural mistake would be there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = np.linspace(0.0, 1.0, 400)
USABLE = (0.5, 0.95)
"""Shares of the planted above a threshold."""


def prototype_cut(score_N: NDArray[np.float64], planted_N: NDArray[np.bool_]) -> float:
    """Return the cut; flag what scores at least as high.

    Parameters
    ----------
    score_N
        Shape (N,), higher means more likely wrong.
    planted_N
        Shape (N,), True where the label was planted.
    """
    rest_M, planted_P = np.sort(score_N[~planted_N]), np.sort(score_N[planted_N])
    at_T = np.unique(np.quantile(score_N, GRID))
    above_T = 1.0 - np.searchsorted(rest_M, at_T) / rest_M.size
    planted_above_T = 1.0 - np.searchsorted(planted_P, at_T) / planted_P.size
    usable_T = (planted_above_T >= USABLE[0]) & (planted_above_T <= USABLE[1])
    if usable_T.any():
        ratio_T = above_T[usable_T] / planted_above_T[usable_T]
        doubt_T = np.sqrt(
            (1.0 - planted_above_T[usable_T]) / (planted_above_T[usable_T] * planted_P.size)
            + (1.0 - above_T[usable_T]) / np.maximum(above_T[usable_T] * rest_M.size, 1.0)
        )
        rate = float(np.clip((ratio_T * (1.0 + doubt_T)).min(), 1e-4, 1.0))
    else:
        rate = float(above_T.mean())
    return float(at_T[int(np.argmax(2.0 * rate * planted_above_T / (above_T + rate)))])
