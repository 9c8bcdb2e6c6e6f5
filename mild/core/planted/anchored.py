"""How many labels are wrong, held against planted ones that are known to be.

Planted instances show how mislabeled ones score, so on the scale of their quantiles (u = share of
the planted that score lower) mislabeled instances are spread evenly, and clean ones crowd at the
low end and thin out: a convex, falling density. It is modelled by exponentials of at least
some rate; what stays level is the share of mislabeled instances. This is how the share of true
null hypotheses is estimated from p-values (Storey 2002; Langaas et al. 2005). Nothing is assumed
about the epochs in which mislabeled instances are memorized.

The estimates are means over a weighted set of such fits (`mild.core.planted.level_share`), the
intervals its quantiles.

Legend: D fits of the set, T thresholds, N instances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, FloatArray
from mild.core.planted.level_share import LevelCounts, share_of_right, weighted_fits
from mild.core.planted.scores import planted_scores

THRESHOLDS = np.linspace(0.02, 0.99, 98)
"""Quantiles of the planted at which cuts are tried."""
SMOOTHED_OVER = 5
AS_GOOD = 0.02
"""Expected F1 values closer than this share are not told apart."""
UPPER_SHARE = 0.35
"""The cut is never made for fewer than this share of what the upper bound allows: to flag a few
too many costs little F1, to flag none all of it."""
SURE_FROM, SURE_AT = 0.02, 0.05
TOWARDS_UPPER = 0.8
"""From the first estimated noise rate on, fully from the second, the cut is made for a rate that
lies this far towards the upper bound: natural mistakes score lower than planted ones, so the
estimate tends to be too low where there are any; and clean data must not pay for it."""
LEVEL = 0.95
UNSEEN = 3.0
"""Where none is seen, so many may be there (rule of three, 95 %), and fewer may be none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnchoredFit:
    """What planted instances tell about the others of their round."""

    n: int
    """Instances that were not planted."""
    n_planted: int
    noise_rate: float
    """Estimated share of mislabeled instances among those not planted."""
    noise_rate_interval: tuple[float, float]
    auroc: float
    """Of planted against all others: 1 scores every planted instance above every other one."""
    separation: float
    """The same against the clean ones among the others: (auroc - w / 2) / (1 - w)."""
    threshold_T: FloatArray
    """Cuts on the score, rising."""
    planted_above_T: FloatArray
    """Share of the planted that each of them flags, smoothed."""
    rate_D: FloatArray
    hazard_D: FloatArray
    weight_D: FloatArray
    """The set of fits; weights sum to 1."""
    best_cut: float
    """The cut with the highest expected F1 of the flagged set."""

    def planted_above(self, cut: float) -> float:
        """Return the share of the planted at or above a cut, smoothed, 0 to 1."""
        return float(np.interp(cut, self.threshold_T, self.planted_above_T))


def fit_anchored(
    score_N: FloatArray,
    planted_N: BoolArray,
    *,
    others: Sequence[FloatArray] = (),
    n_classes: int | None = None,
) -> AnchoredFit:
    """Estimate the noise rate and the best cut from planted instances.

    Parameters
    ----------
    score_N
        Shape (N,), higher means more likely wrong: what is cut, as from `refined_metric`.
    planted_N
        Shape (N,), True where the label was planted; both kinds must be there.
    others
        More scores of the same instances, such as the mean loss: their fits join the set.
    n_classes
        A planted label may hit the true one where the given one is wrong, the more often the fewer
        classes there are; None takes that for impossible.

    Raises
    ------
    ValueError
        If there is no planted instance, or no other one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> clean, wrong, planted = rng.normal(0, 1, 800), rng.normal(5, 1, 200), rng.normal(5, 1, 90)
    >>> fit = fit_anchored(np.r_[clean, wrong, planted], np.arange(1090) >= 1000)
    >>> 0.17 < fit.noise_rate < 0.23
    True
    """
    scores = [planted_scores(scored_N, planted_N) for scored_N in (score_N, *others)]
    n_planted = scores[0].planted_P.size
    n = np.size(planted_N) - n_planted
    cells = LevelCounts.stacked([scored.cells() for scored in scores])
    right = share_of_right(cells, n_classes)
    rate_D, hazard_D, weight_D = weighted_fits(cells.without_right(right))
    mean = float(weight_D @ rate_D)
    upper = min(scored.upper_bound() for scored in scores)
    low, high = weighted_quantiles(rate_D, weight_D, LEVEL)
    auroc = scores[0].auroc()
    threshold_T, planted_above_T, above_T = scores[0].thresholds(THRESHOLDS)
    planted_above_T = np.clip((planted_above_T - right * above_T) / (1.0 - right), 0.0, 1.0)
    sure = float(np.clip((mean - SURE_FROM) / (SURE_AT - SURE_FROM), 0.0, 1.0))
    rate = _rate_to_cut_for(mean, upper, sure)
    wrong_above_T = rate * (weight_D @ planted_above_T[None, :] ** hazard_D[:, None])
    f1_T = 2.0 * wrong_above_T / (above_T + rate + 1e-12)
    best_cut = _among_the_best(threshold_T, _smoothed(f1_T), sure)
    return AnchoredFit(
        n=n,
        n_planted=n_planted,
        noise_rate=mean,
        noise_rate_interval=_widened(min(low, mean), max(high, upper, mean), n),
        auroc=auroc,
        separation=corrected_auroc(auroc, mean, n_classes),
        threshold_T=threshold_T,
        planted_above_T=planted_above_T,
        rate_D=rate_D,
        hazard_D=hazard_D,
        weight_D=weight_D,
        best_cut=best_cut,
    )


def corrected_auroc(auroc: float, noise_rate: float, n_classes: int | None = None) -> float:
    """Turn the AUROC of planted against all others into that against the clean ones among them.

    Some of the others are mislabeled, and where a given label is wrong, the planted one may be
    right: once in `n_classes` - 1 times. Clipped to 0 .. 1.

    Examples
    --------
    >>> corrected_auroc(0.8, 0.2)
    0.875
    """
    right = 0.0 if n_classes is None else noise_rate / max(n_classes - 1, 1)
    clean = 1.0 - noise_rate
    constant = (1 - right) * noise_rate / 2 + right * noise_rate + right * clean / 2
    slope = (1 - right) * clean - right * noise_rate
    return float(np.clip((auroc - constant) / max(slope, 1e-6), 0.0, 1.0))


def auroc_of_planted(score_N: FloatArray, planted_N: BoolArray) -> float:
    """Return the chance that a planted instance scores above another one, ties counting half.

    Raises
    ------
    ValueError
        If there is no planted instance, or no other one.

    Examples
    --------
    >>> auroc_of_planted(np.array([1.0, 2.0, 3.0]), np.array([False, False, True]))
    1.0
    """
    return planted_scores(score_N, planted_N).auroc()


def weighted_quantiles(
    value_D: FloatArray, weight_D: FloatArray, level: float
) -> tuple[float, float]:
    """Return the middle interval that holds a share `level` of the weight."""
    order_D = np.argsort(value_D)
    reached_D = np.cumsum(weight_D[order_D]) - weight_D[order_D] / 2
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], reached_D, value_D[order_D])
    return float(low), float(high)


def _rate_to_cut_for(mean: float, upper: float, sure: float) -> float:
    return max(mean + TOWARDS_UPPER * sure * max(upper - mean, 0.0), UPPER_SHARE * upper)


def _widened(low: float, high: float, n: int) -> tuple[float, float]:
    return (0.0 if low * n < UNSEEN else low), min(max(high, UNSEEN / n), 1.0)


def _smoothed(value_T: FloatArray) -> FloatArray:
    """Average over neighbouring thresholds: a peak that one planted instance makes is none."""
    width = min(SMOOTHED_OVER, value_T.size)
    sums_T = np.convolve(value_T, np.ones(width), mode="same")
    return np.asarray(sums_T / np.convolve(np.ones(value_T.size), np.ones(width), mode="same"))


def _among_the_best(threshold_T: FloatArray, f1_T: FloatArray, sure: float) -> float:
    """Choose the middle one of the cuts whose expected F1 cannot be told from the best.

    Where it is not sure that any label is wrong, the highest one, which flags the fewest.
    """
    good_T = threshold_T[f1_T >= (1.0 - AS_GOOD) * f1_T.max()]
    return float(good_T[-1] - sure * (good_T[-1] - good_T[0]) / 2)
