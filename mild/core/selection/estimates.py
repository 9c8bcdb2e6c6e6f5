"""What a cut is estimated to keep and to flag, without any clean label."""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture.bootstrap import Bootstrap, percentile_interval
from mild.core.mixture.value import WeibullMixture
from mild.core.planted.anchored import LEVEL, AnchoredFit, weighted_quantiles
from mild.core.selection.left import Left, held_to

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class CutEstimate:
    """Estimates for one cut; nan where undefined. Precision and recall: kept set as clean."""

    cut: float
    n_kept: int
    n_flagged: int
    noise_rate: float
    precision: float
    recall: float
    f1_flagged: float
    noise_rate_interval: Interval | None = None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_flagged_interval: Interval | None = None


def estimate_at(
    mixture: WeibullMixture,
    n_by_count_C: IntArray,
    cut: float,
    *,
    share_of_split: float = 0.0,
    draws: Bootstrap | None = None,
    left: Left | None = None,
    level: float = 0.95,
) -> CutEstimate:
    """Estimate noise rate, precision, recall and F1 of keeping the instances with c < cut.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs.
    cut
        0 .. p + 1.
    share_of_split
        Of the instances of the count that the cut splits, the share that it keeps; a fit knows
        nothing of the order within a count.
    draws
        From `mild.core.mixture.bootstrap.bootstrap`; adds percentile intervals at `level`.
    left
        How many labels are wrong by what round 1 planted, of a later round: the fit is held to it,
        and its ends widen the intervals.

    Raises
    ------
    ValueError
        If the counts do not fit the mixture or the cut is out of range.
    """
    n_C = np.asarray(n_by_count_C, dtype=np.float64)
    if n_C.shape != (mixture.n_epochs + 1,) or not 0 <= cut <= n_C.size:
        raise ValueError(
            f"cut {cut} with counts of shape {n_C.shape}; the mixture needs "
            f"{mixture.n_epochs + 1} counts and a cut within 0 .. {mixture.n_epochs + 1}"
        )
    below_C = (np.arange(n_C.size) < int(cut)).astype(np.float64)
    below_C[int(cut) : int(cut) + 1] = share_of_split
    posterior_BC, n_BC = mixture.posterior_clean()[None, :], n_C[None, :]
    if left is not None:
        posterior_BC = held_to(posterior_BC, n_BC, left.over(1))
    values = _estimates(n_BC, posterior_BC, below_C)[:, 0]
    intervals: list[Interval | None] = [None] * 4
    if draws is not None:
        posterior_BC, n_BC = draws.posterior_clean_BC, draws.n_by_count_BC
        if left is not None:
            posterior_BC = held_to(posterior_BC, n_BC, left.over(len(n_BC)))
        drawn = _estimates(n_BC, posterior_BC, below_C)
        intervals = [percentile_interval(row, level) for row in drawn]
    n_kept = round(float(n_C @ below_C))
    return CutEstimate(
        cut=cut,
        n_kept=n_kept,
        n_flagged=round(float(n_C.sum())) - n_kept,
        noise_rate=float(values[0]),
        precision=float(values[1]),
        recall=float(values[2]),
        f1_flagged=float(values[3]),
        noise_rate_interval=intervals[0],
        precision_interval=intervals[1],
        recall_interval=intervals[2],
        f1_flagged_interval=intervals[3],
    )


def estimate_anchored(fit: AnchoredFit, cut: float, n_kept: int) -> CutEstimate:
    """Estimate the figures of a cut by planted instances, with 95 % intervals.

    Parameters
    ----------
    cut
        On the score that `fit` was made of.
    n_kept
        How many of the instances that were not planted score below it.
    """
    flagged_D = fit.planted_above(cut) ** fit.hazard_D
    kept, rate_D = n_kept / fit.n, fit.rate_D
    values_4D = _of_shares(rate_D, rate_D * flagged_D, kept)
    means = [float(np.nansum(fit.weight_D * row_D)) for row_D in values_4D]
    intervals = [
        _around(mean, weighted_quantiles(np.nan_to_num(row_D), fit.weight_D, LEVEL))
        for mean, row_D in zip(means, values_4D, strict=True)
    ]
    nothing_kept, nothing_flagged = n_kept == 0, n_kept == fit.n
    return CutEstimate(
        cut=cut,
        n_kept=n_kept,
        n_flagged=fit.n - n_kept,
        noise_rate=fit.noise_rate,
        precision=float("nan") if nothing_kept else means[1],
        recall=means[2],
        f1_flagged=0.0 if nothing_flagged else means[3],
        noise_rate_interval=fit.noise_rate_interval,
        precision_interval=intervals[1],
        recall_interval=intervals[2],
        f1_flagged_interval=intervals[3],
    )


def _around(mean: float, between: Interval) -> Interval:
    """Widen the middle 95 % of a very skewed set until it holds the mean."""
    return min(between[0], mean), max(between[1], mean)


def scores_anchored(
    fit: AnchoredFit, cut_K: FloatArray, n_kept_K: IntArray
) -> dict[str, FloatArray]:
    """Estimate precision, recall and F1 as `estimate_anchored`, at many cuts, each (K,)."""
    above_K = np.interp(cut_K, fit.threshold_T, fit.planted_above_T)
    flagged_KD = above_K[:, None] ** fit.hazard_D
    values = _of_shares(fit.rate_D, fit.rate_D * flagged_KD, n_kept_K[:, None] / fit.n)
    _, precision, recall, f1 = np.nan_to_num(values) @ fit.weight_D
    return {
        "precision": np.where(n_kept_K == 0, np.nan, precision),
        "recall": recall,
        "f1_flagged": np.where(n_kept_K == fit.n, 0.0, f1),
    }


def _of_shares(
    rate_D: FloatArray, flagged_wrong_D: FloatArray, kept: float | FloatArray
) -> FloatArray:
    """Return noise rate, precision, recall and F1 of D fits, from shares of all: (4, D)."""
    rate_D = np.broadcast_to(rate_D, flagged_wrong_D.shape)
    flagged_wrong_D = np.minimum(flagged_wrong_D, 1.0 - kept)  # no more than were flagged
    kept_clean_D = np.maximum(kept - (rate_D - flagged_wrong_D), 0.0)
    kept_D = np.full_like(rate_D, kept)
    return np.stack(
        [
            rate_D,
            _ratio(kept_clean_D, kept_D),
            _ratio(kept_clean_D, 1.0 - rate_D),
            _ratio(2.0 * flagged_wrong_D, 1.0 - kept_D + rate_D),
        ]
    ).clip(0.0, 1.0)


def _estimates(n_BC: FloatArray, posterior_BC: FloatArray, below_C: FloatArray) -> FloatArray:
    """Estimate noise rate, precision, recall and F1 of B fits at one cut, shape (4, B).

    `below_C` is the share of each count that the cut keeps.
    """
    clean_BC = n_BC * posterior_BC
    n_clean, n_all = clean_BC.sum(axis=1), n_BC.sum(axis=1)
    kept_clean, kept = clean_BC @ below_C, n_BC @ below_C
    flagged_noisy = (n_all - kept) - (n_clean - kept_clean)
    n_noisy = n_all - n_clean
    return np.stack(
        [
            n_noisy / n_all,
            _ratio(kept_clean, kept),
            _ratio(kept_clean, n_clean),
            _ratio(2 * flagged_noisy, n_all - kept + n_noisy),
        ]
    ).clip(0.0, 1.0)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0.0)
