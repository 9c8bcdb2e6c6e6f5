"""How many labels are wrong, held against planted ones that are known to be.

Planted instances show how mislabeled ones score, so on the scale of their quantiles (u = share of
the planted that score lower) mislabeled instances are spread evenly, and clean ones crowd at the
low end and thin out: a convex, falling density. It is modelled by exponentials of at least
some rate; what stays level is the share of mislabeled instances. This is how the share of true
null hypotheses is estimated from p-values (Storey 2002; Langaas et al. 2005). Nothing is assumed
about the epochs in which mislabeled instances are memorized.

Three things are not known: the slowest rate at which clean instances thin out, whether natural
mistakes score a little lower than planted ones (their hazard, 1 for "like planted"), and what
another draw of instances would give. Each fit therefore is a weighted set of fits, over rates,
hazards, scores and resamples; the estimates are its means, the intervals its quantiles.

Legend: D fits of the set, B cells, K components, T thresholds, N instances, C counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray
from mild.core.planted_scores import planted_scores

SLOWEST_RATES = (2.0, 5.0, 12.0)
"""Clean instances thin out at least this fast over the quantiles of the planted."""
FASTEST_RATE = 1000.0
N_RATES = 8
RIGHT_ITERATIONS = 4
MOST_RIGHT = 0.6
"""Beyond that, planted labels are right about as often as wrong, and tell nothing."""
HAZARDS = np.array([1.0, 1.2, 1.4, 1.6])
"""How much sooner than planted labels natural mistakes are memorized."""
HAZARD_DOUBT = 10.0
"""Log-odds that a hazard larger by one must make up for."""
TEMPER = 0.25
"""The likelihood treats the cells of the planted as exact; they are a sample."""
RESAMPLES = 12
ITERATIONS = 40
THRESHOLDS = np.linspace(0.02, 0.99, 98)
"""Quantiles of the planted at which cuts are tried."""
SMOOTHED_OVER = 5
AS_GOOD = 0.02
"""Expected F1 values closer than this share are not told apart."""
OVER_RELAXED = 1.8
"""Steps of expectation maximisation are lengthened by this power, below 2, where it is stable."""
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
        """Share of the planted at or above a cut, smoothed, 0 to 1."""
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
    cells = [scored.cells() for scored in scores]
    right = _planted_right(cells, n_classes)
    cells = [_wrong_alone(planted_B, rest_B, right) for planted_B, rest_B in cells]
    rate_D, hazard_D, weight_D = _set_of_fits(cells)
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
    """AUROC of mislabeled against clean instances, from that of planted against all others.

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
    """Chance that a planted instance scores above another one, ties counting half.

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
    """The middle interval that holds a share `level` of the weight."""
    order_D = np.argsort(value_D)
    reached_D = np.cumsum(weight_D[order_D]) - weight_D[order_D] / 2
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], reached_D, value_D[order_D])
    return float(low), float(high)


def _rate_to_cut_for(mean: float, upper: float, sure: float) -> float:
    return max(mean + TOWARDS_UPPER * sure * max(upper - mean, 0.0), UPPER_SHARE * upper)


def _widened(low: float, high: float, n: int) -> tuple[float, float]:
    return (0.0 if low * n < UNSEEN else low), min(max(high, UNSEEN / n), 1.0)


def _planted_right(cells: Sequence[tuple[FloatArray, FloatArray]], n_classes: int | None) -> float:
    """How much of the others' distribution is in that of the planted, because they are right.

    With w mislabeled, w / (C - 1) of the planted labels hit the true one. Such instances score like
    clean ones, whose distribution is what the others have left without their mislabeled part.
    """
    if n_classes is None or n_classes < 2:
        return 0.0
    right = 0.0
    for _ in range(RIGHT_ITERATIONS):
        rates = []
        for planted_B, rest_B in cells:
            wrong_B, _ = _wrong_alone(planted_B, rest_B, right)
            rate_RH, _ = _fit_cells(
                wrong_B[None] + 0.3, rest_B[None], SLOWEST_RATES[1], HAZARDS[:1]
            )
            rates.append(rate_RH[0, 0])
        rate = float(np.mean(rates))
        right = min(rate / max(1.0 - rate, 1e-6) / (n_classes - 1), MOST_RIGHT)
    return right


def _wrong_alone(
    planted_B: FloatArray, rest_B: FloatArray, right: float
) -> tuple[FloatArray, FloatArray]:
    """The planted that are wrong, cell by cell, and the others as they are."""
    expected_B = right * planted_B.sum() * rest_B / rest_B.sum()
    wrong_B = np.maximum(planted_B - expected_B, 0.02 * planted_B)
    return wrong_B * (planted_B.sum() / wrong_B.sum()), rest_B


def _smoothed(value_T: FloatArray) -> FloatArray:
    """Mean over the neighbouring thresholds: a peak that one planted instance makes is none."""
    width = min(SMOOTHED_OVER, value_T.size)
    sums_T = np.convolve(value_T, np.ones(width), mode="same")
    return np.asarray(sums_T / np.convolve(np.ones(value_T.size), np.ones(width), mode="same"))


def _among_the_best(threshold_T: FloatArray, f1_T: FloatArray, sure: float) -> float:
    """Of the cuts whose expected F1 is as good as the best, for all that is known, the middle one.

    Where it is not sure that any label is wrong, the highest one, which flags the fewest.
    """
    good_T = threshold_T[f1_T >= (1.0 - AS_GOOD) * f1_T.max()]
    return float(good_T[-1] - sure * (good_T[-1] - good_T[0]) / 2)


def _set_of_fits(
    cells: Sequence[tuple[FloatArray, FloatArray]],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Noise rate, hazard and weight of every fit of the set, each (D,)."""
    # A stream of its own: the same instances give the same interval on every call.
    rng = np.random.default_rng(0)
    rates, odds = [], []
    for planted_B, rest_B in cells:
        planted_RB = _resampled(planted_B, rng) + 0.3
        rest_RB = _resampled(rest_B, rng)
        fits = [_fit_cells(planted_RB, rest_RB, slowest) for slowest in SLOWEST_RATES]
        rates.append(np.stack([rate_RH for rate_RH, _ in fits], axis=1))
        odds.append(np.stack([log_likelihood_RH for _, log_likelihood_RH in fits], axis=1))
    rate_RSH = np.concatenate(rates)
    odds_RSH = TEMPER * np.concatenate(odds) - HAZARD_DOUBT * (HAZARDS - 1.0)
    weight_RSH = np.exp(odds_RSH - odds_RSH.max(axis=(1, 2), keepdims=True))
    weight_RSH /= weight_RSH.sum(axis=(1, 2), keepdims=True) * len(weight_RSH)
    hazard_RSH = np.broadcast_to(HAZARDS, rate_RSH.shape)
    return rate_RSH.ravel(), hazard_RSH.ravel(), weight_RSH.ravel()


def _resampled(n_B: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The counts, and resamples of them, shape (1 + RESAMPLES, B)."""
    n = round(float(n_B.sum()))
    drawn_RB = rng.multinomial(n, n_B / n_B.sum(), size=RESAMPLES)
    return np.concatenate([n_B[None, :], drawn_RB.astype(np.float64)])


def _fit_cells(
    planted_RB: FloatArray,
    rest_RB: FloatArray,
    slowest: float,
    hazard_H: FloatArray = HAZARDS,
) -> tuple[FloatArray, FloatArray]:
    """Noise rate and log-likelihood for each resample and hazard, each (R, H).

    Expectation maximisation over the weights of fixed components: the mislabeled one, and
    exponentials of rates from `slowest` on.
    """
    u_RB = np.cumsum(planted_RB, axis=1) / planted_RB.sum(axis=1, keepdims=True)
    u_RB = np.pad(u_RB, ((0, 0), (1, 0)))
    u_RB[:, -1] = 1.0
    wrong_RHB = np.diff(1.0 - (1.0 - u_RB[:, None, :]) ** hazard_H[:, None], axis=2)
    rate_K = slowest * (FASTEST_RATE / slowest) ** np.linspace(0.0, 1.0, N_RATES)
    clean_RKB = np.diff(-np.expm1(-rate_K[:, None] * u_RB[:, None, :]), axis=2)
    clean_RKB /= -np.expm1(-rate_K)[:, None]
    shape = (*wrong_RHB.shape[:2], N_RATES, wrong_RHB.shape[2])
    clean = np.broadcast_to(clean_RKB[:, None], shape)
    cells = np.concatenate([wrong_RHB[:, :, None], clean], axis=2)
    cells_DKB = np.ascontiguousarray(cells.reshape(-1, *cells.shape[2:]))
    share_RB = rest_RB / rest_RB.sum(axis=1, keepdims=True)
    share_DB = np.repeat(share_RB, len(hazard_H), axis=0)
    weight_D1K, fitted_DB = _weights(cells_DKB, share_DB)
    log_likelihood_D = (share_DB * np.log(fitted_DB)).sum(axis=1) * rest_RB[0].sum()
    outcome = (len(planted_RB), len(hazard_H))
    return weight_D1K[:, 0, 0].reshape(outcome), log_likelihood_D.reshape(outcome)


def _weights(
    cells_DKB: NDArray[np.float64], share_DB: FloatArray
) -> tuple[NDArray[np.float64], FloatArray]:
    """Weights (D, 1, K) of the components, and the cells (B,) that they make of each fit."""
    n_fits, n_components, _ = cells_DKB.shape
    weight_D1K = np.full((n_fits, 1, n_components), 1.0 / n_components)
    cells_DBK = np.ascontiguousarray(cells_DKB.transpose(0, 2, 1))
    share_D1B = share_DB[:, None, :]
    for _ in range(ITERATIONS):
        fitted_D1B = weight_D1K @ cells_DKB + 1e-12
        weight_D1K = weight_D1K * ((share_D1B / fitted_D1B) @ cells_DBK) ** OVER_RELAXED
        weight_D1K /= weight_D1K.sum(axis=2, keepdims=True)
    return weight_D1K, (weight_D1K @ cells_DKB + 1e-12)[:, 0]
