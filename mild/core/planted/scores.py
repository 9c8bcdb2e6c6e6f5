"""A score of the planted and of the other instances, each sorted once: all else looks places up.

Legend: P planted instances, M others, B cells, T thresholds.
"""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, FloatArray

CELLS = 20
TAIL_FROM = 0.2
TAIL_CELLS = 5
UPPER_QUANTILES = np.linspace(0.05, 0.5, 19)
ENOUGH = 200_000
"""Of more instances than these, evenly spaced ones are looked at: others would add nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedScores:
    """Sorted scores, higher means more likely wrong."""

    planted_P: FloatArray
    rest_M: FloatArray

    def rest_above(self, at_T: FloatArray) -> FloatArray:
        """Return the share of the others at or above thresholds, shape (T,)."""
        return np.asarray(1.0 - np.searchsorted(self.rest_M, at_T) / self.rest_M.size)

    def auroc(self) -> float:
        """Measure how often a planted instance scores above another one, ties counting half."""
        below = np.searchsorted(self.rest_M, self.planted_P, side="left").sum(dtype=np.int64)
        up_to = np.searchsorted(self.rest_M, self.planted_P, side="right").sum(dtype=np.int64)
        return float((below + up_to) / 2.0 / (self.planted_P.size * self.rest_M.size))

    def cells(self) -> tuple[FloatArray, FloatArray]:
        """Count planted and other instances between the quantiles of the planted, each (B,).

        Cells below the lowest quantile hold the planted that the tail promises, not the few there
        are.
        """
        quantile_T, at_T = self.quantiles(np.arange(1, CELLS) / CELLS)
        promised_B = _between(self.planted_P, at_T)
        in_tail = int(np.count_nonzero(quantile_T <= 1 / CELLS))
        if in_tail:
            shares = np.diff(quantile_T[:in_tail], prepend=0.0) / quantile_T[in_tail - 1]
            promised_B[:in_tail] = shares * promised_B[:in_tail].sum()
        return promised_B, _between(self.rest_M, at_T)

    def quantiles(self, inner: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return quantiles of the planted and where they lie, rising, with a lower tail: (T,).

        Below the lowest quantile the planted are too few to count: the tail falls like a power of
        the score, as the tail of a Weibull distribution does, at the rate of the lowest fifth.
        """
        at_T = np.quantile(self.planted_P, inner, method="hazen")
        tail, tail_at = np.empty(0), np.empty(0)
        if self.planted_P[0] >= 0.0:
            tail_at, tail = self._tail(float(inner[0]), float(at_T[0]))
        at_T, first_T = np.unique(np.concatenate([tail_at, at_T]), return_index=True)
        return np.concatenate([tail, inner])[first_T], at_T

    def thresholds(self, inner: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return cuts, with the shares of the planted and of the others above them, each (T,)."""
        quantile_T, at_T = self.quantiles(inner)
        return at_T, 1.0 - quantile_T, self.rest_above(at_T)

    def upper_bound(self) -> float:
        """Bound the noise rate, as if no clean instance scored in the upper half of the planted.

        Only thresholds above which at least half of the planted lie are looked at: natural
        mistakes score lower than planted ones, so of the far tail hardly any would be there.
        """
        at_T = np.quantile(self.planted_P, UPPER_QUANTILES, method="hazen")
        return float(min((self.rest_above(at_T) / (1.0 - UPPER_QUANTILES)).min(), 1.0))

    def _tail(self, lowest: float, at_lowest: float) -> tuple[FloatArray, FloatArray]:
        """Return the scores below the lowest quantile, and the shares of the planted below them."""
        at_fifth = float(np.quantile(self.planted_P, TAIL_FROM, method="hazen"))
        below = self.planted_P[(self.planted_P > 0.0) & (self.planted_P < at_fifth)]
        if at_lowest <= 0.0 or below.size < 2:
            return np.empty(0), np.empty(0)
        power = max(1.0 / float(np.log(at_fifth / below).mean()), 0.1)
        share = lowest * 0.5 ** np.arange(TAIL_CELLS, 0, -1)
        tail_at = at_lowest * (share / lowest) ** (1.0 / power)
        return np.asarray(tail_at, dtype=np.float64), np.asarray(share, dtype=np.float64)


def planted_scores(score_N: FloatArray, planted_N: BoolArray) -> PlantedScores:
    """Sort a score; of very many instances evenly spaced ones, and all of the planted.

    Parameters
    ----------
    score_N
        Shape (N,), higher means more likely wrong; what is no number counts as 0.
    planted_N
        Shape (N,), True where the label was planted.

    Raises
    ------
    ValueError
        If there is no planted instance, or no other one.
    """
    planted_N = np.asarray(planted_N, dtype=np.bool_)
    n_planted = int(planted_N.sum())
    n = planted_N.size - n_planted
    if not n or not n_planted:
        raise ValueError(f"{n_planted} planted and {n} other instances; both kinds are needed")
    score_N = np.nan_to_num(np.asarray(score_N, dtype=np.float64), nan=0.0)
    rest_M = score_N[~planted_N][:: max(1, score_N.size // ENOUGH)]
    return PlantedScores(planted_P=np.sort(score_N[planted_N]), rest_M=np.sort(rest_M))


def _between(sorted_M: FloatArray, edges: FloatArray) -> FloatArray:
    n_below = np.concatenate([[0], np.searchsorted(sorted_M, edges), [sorted_M.size]])
    return np.diff(n_below).astype(np.float64)
