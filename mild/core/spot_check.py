"""A sample checked by a person: measured precision, recall, noise rate and F1, with intervals.

Every sample is drawn uniformly within strata (the flagged and the kept images of its time). Cells
are what all strata ever drawn from and the present side (kept or flagged) have in common: within a
cell the checked instances are a uniform sample of its instances, whatever the cut is by now. So a
cut that was moved afterwards, and samples of several cuts, are answered by the same arithmetic
(post-stratification).

Legend: A instances of the training set by index, S samples drawn, C cells, B draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from mild.core.arrays import BoolArray, FloatArray, IntArray

NOT_JUDGED, KEPT, FLAGGED = 0, 1, 2
"""Strata of a sample."""
LEVEL = 0.95
N_DRAWS = 20_000
MIN_OF_EACH = 5
"""Right and wrong answers below which no cut is read off a sample."""
_SEED = 20_230_819
"""The same answers give the same intervals."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """Answers, counted. Every array has shape (C,)."""

    stratum: IntArray
    """Cells drawn from the same strata share a number."""
    kept: BoolArray
    """The present side: kept, or flagged."""
    n: IntArray
    """Instances in the cell, at least 1."""
    n_checked: IntArray
    """Of those, the ones with an answer, right or wrong."""
    n_wrong: IntArray
    """Of those, the ones whose given label is wrong."""


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


@dataclass(frozen=True, slots=True)
class SupportedCut:
    """The cut that the checked instances speak for."""

    cut: float
    f1_flagged: float
    """Expected, without an interval: the cut was chosen by it."""


def draw_sample(
    flagged_A: BoolArray, kept_A: BoolArray, n: int, rng: np.random.Generator
) -> IntArray:
    """Draw instances to check, half of them flagged, half kept, in random order.

    Where a stratum has fewer than its half, all of it is drawn and the other one makes up for it.

    Parameters
    ----------
    flagged_A, kept_A
        Shape (A,): who may be drawn from each stratum; nobody is in both.

    Returns
    -------
    Indices, at most `n`.
    """
    flagged, kept = np.flatnonzero(flagged_A), np.flatnonzero(kept_A)
    n_flagged = min(n - min(n // 2, len(kept)), len(flagged))
    n_kept = min(n - n_flagged, len(kept))
    drawn = np.concatenate(
        [
            rng.choice(flagged, n_flagged, replace=False),
            rng.choice(kept, n_kept, replace=False),
        ]
    )
    return np.asarray(rng.permutation(drawn), dtype=np.int64)


def gather_cells(
    strata_SA: Sequence[IntArray], kept_A: BoolArray, flagged_A: BoolArray, wrong: dict[int, bool]
) -> Cells:
    """Count answers by cell.

    Parameters
    ----------
    strata_SA
        Per sample, shape (A,): the stratum of each instance when it was drawn.
    kept_A, flagged_A
        Shape (A,): the present sides; who is on neither has no part in it.
    wrong
        Instance -> whether its given label is wrong.
    """
    judged_A = kept_A | flagged_A
    side_A = 2 * _crossed(strata_SA, len(kept_A)) + kept_A
    size = int(side_A.max(initial=0)) + 1
    index, is_wrong = _answered(wrong, judged_A)
    n = np.bincount(side_A[judged_A], minlength=size)
    there = np.flatnonzero(n)
    return Cells(
        stratum=there // 2,
        kept=there % 2 == 1,
        n=n[there],
        n_checked=np.bincount(side_A[index], minlength=size)[there],
        n_wrong=np.bincount(side_A[index[is_wrong]], minlength=size)[there],
    )


def supported_cut(
    strata_SA: Sequence[IntArray],
    score_A: FloatArray,
    judged_A: BoolArray,
    wrong: dict[int, bool],
) -> SupportedCut | None:
    """The whole cut of the highest expected F1 over the checked instances; None where too few are.

    Each answer stands for as many instances as its strata have per answer. Whole cuts alone are
    tried: fifty answers cannot tell instances of one count apart.

    Parameters
    ----------
    score_A
        Shape (A,): who has less than a cut is kept.
    judged_A
        Shape (A,): whether the instance has a score at all.
    """
    index, is_wrong = _answered(wrong, judged_A)
    if min(is_wrong.sum(), (~is_wrong).sum()) < MIN_OF_EACH:
        return None
    code_A = _crossed(strata_SA, len(judged_A))
    n_answers = np.bincount(code_A[index], minlength=int(code_A.max()) + 1)
    n = np.bincount(code_A[judged_A], minlength=len(n_answers))
    weight = (n / np.maximum(1, n_answers))[code_A[index]]
    n_wrong = weight[is_wrong].sum()
    found: list[SupportedCut] = []
    for cut in np.unique(np.floor(score_A[index[is_wrong]])):
        flagged = score_A[index] >= cut
        caught = weight[is_wrong & flagged].sum()
        found.append(SupportedCut(float(cut), 2 * caught / (weight[flagged].sum() + n_wrong)))
    return max(found, key=lambda item: item.f1_flagged)


def measure(cells: Cells, n_unknown: int = 0) -> SpotCheck:
    """Measured figures with 95 % intervals.

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


def clopper_pearson(n_wrong: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a binomial share; from 0 to 1 where n is 0.

    Examples
    --------
    >>> [round(end, 4) for end in clopper_pearson(0, 25)]
    [0.0, 0.1372]
    """
    tail = (1 - level) / 2
    low = 0.0 if n_wrong == 0 else float(betaincinv(n_wrong, n - n_wrong + 1, tail))
    high = 1.0 if n_wrong == n else float(betaincinv(n_wrong + 1, n - n_wrong, 1 - tail))
    return low, high


def _crossed(strata_SA: Sequence[IntArray], n: int) -> IntArray:
    """Shape (A,): one number per combination of strata."""
    code_A = np.zeros(n, dtype=np.int64)
    for strata_A in strata_SA:
        code_A = 3 * code_A + strata_A
        there = np.bincount(code_A) > 0  # renumbered, or many samples would overflow it
        code_A = (np.cumsum(there) - 1)[code_A]
    return code_A


def _answered(wrong: dict[int, bool], judged_A: BoolArray) -> tuple[IntArray, BoolArray]:
    """Who has an answer and is judged, and whether the label is wrong."""
    index = np.array([i for i in wrong if i < len(judged_A) and judged_A[i]], dtype=np.int64)
    return index, np.array([wrong[int(i)] for i in index], dtype=bool)


def _bounds(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Shapes (B, C): draws whose quantiles are the lower and the upper bounds of each cell's share.

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
    """Shape (C,): the share of wrong labels in each cell; nan where nothing is known of it."""
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
    """The other cells have no part in it, known or not."""
    return np.asarray(share_BC[:, n_C > 0] @ n_C[n_C > 0])


def _ratio(part: FloatArray | IntArray, whole: FloatArray | IntArray | int) -> FloatArray:
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _quantile(values_B: FloatArray, share: float) -> float:
    """Nan where some draw is: the figure may then be anything, or is none."""
    return float(np.quantile(values_B, share))
