"""Measure noise rate, precision, recall and F1 from the answers, with 95 % intervals.

Legend: C cells, B draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.spot_check.cells import Cells

LEVEL = 0.95
N_DRAWS = 20_000
_SEED = 20_230_819
"""The same answers give the same intervals."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A share, 0 to 1, and its 95 % interval; nan where no answer says anything about it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotCheck:
    """What a checked sample says of the present kept and flagged images."""

    n_checked: int
    n_wrong: int
    n_unknown: int
    """Looked at, but nobody could tell: left out, as if they had not been drawn."""
    n_kept: int
    """Kept instances by now, checked or not."""
    n_flagged: int
    noise_rate: Measured
    """Share of the judged instances whose given label is wrong."""
    precision: Measured
    """Share of the kept instances whose label is right."""
    recall: Measured
    """Share of the instances with a right label that are kept."""
    f1_flagged: Measured
    """Of the flagged set as "mislabeled"."""


def measure_sample(cells: Cells, n_unknown: int = 0) -> SpotCheck:
    """Measure the figures, with 95 % intervals.

    Within a cell the interval is that of Clopper and Pearson, exact for a binomial; over several
    cells they are melded: each figure rises or falls with the wrong share of each cell, so its
    lower end takes, cell by cell, the distribution whose quantiles are the one-sided bounds of
    Clopper and Pearson on the side that makes the figure small, and its upper end the other one.
    With a single cell that is Clopper-Pearson itself. The box of all the cells' intervals would
    cover as well but be wider; posteriors by Bayes need not cover where nothing wrong was found.

    A cell without an answer is estimated like the others drawn from the same strata, and may be
    anything as far as the intervals are concerned.

    References
    ----------
    Clopper & Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934.
    Fay, Proschan & Brittain, "Combining one-sample confidence procedures for inference in the
    two-sample case", Biometrics 71, 2015, doi:10.1111/biom.12231.
    """
    low_BC, high_BC = _bounds(cells)
    share_C = _estimate(cells)
    towards = np.where(cells.kept, high_BC, low_BC), np.where(cells.kept, low_BC, high_BC)

    def figure(
        of: Callable[[Cells, FloatArray], FloatArray], worst: FloatArray, best: FloatArray
    ) -> Measured:
        tail = (1 - LEVEL) / 2
        value = float(of(cells, share_C[None])[0])
        ends = _quantile(of(cells, worst), tail), _quantile(of(cells, best), 1 - tail)
        return Measured(value, min(ends[0], value), max(ends[1], value))

    return SpotCheck(
        n_checked=int(cells.n_checked.sum()),
        n_wrong=int(cells.n_wrong.sum()),
        n_unknown=n_unknown,
        n_kept=int(cells.n[cells.kept].sum()),
        n_flagged=int(cells.n[~cells.kept].sum()),
        noise_rate=figure(_noise_rate, low_BC, high_BC),
        precision=figure(_precision, high_BC, low_BC),
        recall=figure(_recall, *towards),
        f1_flagged=figure(_f1_flagged, *towards),
    )


def _bounds(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Draw, shapes (B, C): quantiles of the draws are the bounds of each cell's share.

    No bound contradicts what was seen, so a cell that was checked as a whole is known.
    """
    rng = np.random.default_rng(_SEED)
    low_BC, high_BC = np.zeros((2, N_DRAWS, len(cells.n)))
    for c, (n, n_checked, wrong) in enumerate(
        zip(cells.n, cells.n_checked, cells.n_wrong, strict=True)
    ):
        right = n_checked - wrong
        low_BC[:, c] = rng.beta(wrong, right + 1, N_DRAWS) if wrong else 0.0
        high_BC[:, c] = rng.beta(wrong + 1, right, N_DRAWS) if right else 1.0
        for bound_BC in (low_BC, high_BC):
            bound_BC[:, c] = bound_BC[:, c].clip(wrong / n, 1 - right / n)
    return low_BC, high_BC


def _estimate(cells: Cells) -> FloatArray:
    """Estimate the share of wrong labels in each cell, (C,); nan where nothing is known of it."""
    share_C = _ratio(cells.n_wrong, cells.n_checked)
    for c in np.flatnonzero(cells.n_checked == 0):
        for alike in (cells.stratum == cells.stratum[c], cells.kept == cells.kept[c]):
            known = alike & (cells.n_checked > 0)
            if known.any():
                share_C[c] = np.average(share_C[known], weights=cells.n[known])
                break
    return share_C


def _noise_rate(cells: Cells, share_BC: FloatArray) -> FloatArray:
    return np.asarray(share_BC @ cells.n / cells.n.sum())


def _precision(cells: Cells, share_BC: FloatArray) -> FloatArray:
    n_kept = np.where(cells.kept, cells.n, 0)
    return _ratio(_within((1 - share_BC), n_kept), n_kept.sum())


def _recall(cells: Cells, share_BC: FloatArray) -> FloatArray:
    right = _within(1 - share_BC, np.where(cells.kept, cells.n, 0))
    return _ratio(right, (1 - share_BC) @ cells.n)


def _f1_flagged(cells: Cells, share_BC: FloatArray) -> FloatArray:
    n_flagged = np.where(cells.kept, 0, cells.n)
    return _ratio(2 * _within(share_BC, n_flagged), n_flagged.sum() + share_BC @ cells.n)


def _within(share_BC: FloatArray, n_C: IntArray) -> FloatArray:
    """Sum over the cells with instances: the others have no part in it, known or not."""
    return np.asarray(share_BC[:, n_C > 0] @ n_C[n_C > 0])


def _ratio(part: FloatArray | IntArray, whole: FloatArray | IntArray | int) -> FloatArray:
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _quantile(values_B: FloatArray, share: float) -> float:
    """Return a quantile; nan where some draw is: the figure may then be anything, or is none."""
    return float(np.quantile(values_B, share))
