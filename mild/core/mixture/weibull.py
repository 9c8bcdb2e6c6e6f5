"""Fit the two-component Weibull mixture to counts of misclassified epochs.

The released code of the method fits a continuous density to whole numbers with a mass at both
ends, where the likelihood has no maximum. Here a count is a cell with a probability, at most 1,
so nothing can blow up, and one evaluation costs O(n_epochs) whatever the number of instances.
"""

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture.parameters import (
    HARD_START,
    WEIGHTS,
    as_mixture,
    bounds,
    make_priors,
)
from mild.core.mixture.scoring import TOLERANCE, Fits, Priors, maximise
from mild.core.mixture.value import WeibullMixture, cell_probability

__all__ = ["WeibullMixture", "cell_probability", "fit_weibull_mixture"]

SCOUT_ITERATIONS = 12
PICTURE_TOLERANCE = 1e-8
"""Where planted labels tell the noise rate, the fit is but its picture."""
LEADERS = 2
ALONE_SHAPES = (0.7, 2.0, 6.0)


def fit_weibull_mixture(n_by_count_C: IntArray | FloatArray) -> WeibullMixture:
    """Maximise the grouped, right-censored likelihood of a two-component Weibull mixture.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs, c = 0 .. p; p >= 1.

    Returns
    -------
    The fit, with median(clean) <= p / 2 <= median(mislabeled). Defined for any counts: with
    little to learn from (one count only, a handful of instances) the bounds decide.

    Raises
    ------
    ValueError
        If there are fewer than two counts, a negative or non-finite entry, or no instance.

    Examples
    --------
    >>> mixture = fit_weibull_mixture(np.array([40, 20, 10, 2, 1, 0, 0, 1, 5, 9, 12]))
    >>> bool(mixture.weight[1] < 0.35), mixture.converged
    (True, True)
    """
    share_C, n_instances = as_shares(n_by_count_C)
    n_epochs = share_C.size - 1
    priors = make_priors(n_epochs)
    plain = _best_of(share_C, _starts(share_C), bounds(n_epochs, hard=False), priors)
    starts_BP = np.concatenate([plain.theta_BP, _starts(share_C)[1::2]])
    starts_BP[:, 5] = HARD_START
    tailed = _best_of(share_C, starts_BP, bounds(n_epochs), priors)
    gain = n_instances * float(tailed.objective_B[0] - plain.objective_B[0])
    best = tailed if gain > 0.5 * np.log(n_instances) else plain
    return as_mixture(
        best.theta_BP[0],
        share_C,
        n_instances,
        converged=bool(best.converged_B[0]),
        n_iterations=int(plain.n_iterations_B[0] + tailed.n_iterations_B[0]),
        alone=single_weibulls(share_C[None])[0],
    )


def fit_anchored_mixture(
    n_by_count_C: IntArray | FloatArray,
    planted_by_count_C: IntArray | FloatArray,
    noise_rate: float,
) -> WeibullMixture:
    """Fit the mixture whose mislabeled component follows planted instances.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances that were not planted, misclassified in exactly c epochs.
    planted_by_count_C
        Shape (p + 1,), the same of the planted; a Weibull distribution is fitted to them alone.
    noise_rate
        The weight of the mislabeled component, 0 to 1. The clean one is fitted to the rest of
        the instances that were not planted; its median is at most the mislabeled one's.

    Raises
    ------
    ValueError
        As `fit_weibull_mixture`, for either of the two.
    """
    share_C, n_instances = as_shares(n_by_count_C)
    planted_C, _ = as_shares(planted_by_count_C)
    if planted_C.size != share_C.size:
        raise ValueError(f"{planted_C.size} counts of planted instances, {share_C.size} of others")
    n_epochs = share_C.size - 1
    (log_shape, log_median), alone = single_weibulls(np.stack([planted_C, share_C]))
    rate = float(np.clip(noise_rate, *WEIGHTS))
    low_P, high_P = bounds(n_epochs)
    low_P[[0, 3, 4]] = high_P[[0, 3, 4]] = [np.log(rate / (1.0 - rate)), log_shape, log_median]
    high_P[2] = log_median
    low_P[2] = min(low_P[2], log_median)
    box, priors = (low_P, high_P), make_priors(n_epochs)
    starts_BP = _starts(share_C)[::2]
    best = _best_of(share_C, starts_BP, box, priors, tolerance=PICTURE_TOLERANCE)
    return as_mixture(
        best.theta_BP[0],
        share_C,
        n_instances,
        converged=bool(best.converged_B[0]),
        n_iterations=int(best.n_iterations_B[0]),
        alone=alone,
    )


def as_shares(n_by_count_C: IntArray | FloatArray) -> tuple[FloatArray, int]:
    """Return counts, (p + 1,), as shares that sum to 1, and their sum.

    Raises ValueError as `fit_weibull_mixture` does.
    """
    n_C = np.asarray(n_by_count_C, dtype=np.float64)
    if n_C.ndim != 1 or n_C.size < 2:
        raise ValueError(
            f"counts must have shape (n_epochs + 1,) with n_epochs >= 1, not {n_C.shape}"
        )
    if not np.all(np.isfinite(n_C)) or n_C.min() < 0 or n_C.sum() <= 0:
        raise ValueError("counts must be finite, not negative, and hold at least one instance")
    return n_C / n_C.sum(), round(float(n_C.sum()))


def single_weibulls(share_SC: FloatArray) -> FloatArray:
    """Fit a single Weibull to each row: log shape and log median of the best one, (S, 2)."""
    n_epochs = share_SC.shape[1] - 1
    low_P, high_P = bounds(n_epochs)
    low_P[[0, 5]] = high_P[[0, 5]] = -40.0  # neither mislabeled nor hard instances
    low_P[3:5] = high_P[3:5]
    high_P[1:3] = high_P[3:5]
    starts = [
        [-40.0, np.log(shape), np.log(mean), *high_P[3:]]
        for mean in share_SC @ np.arange(n_epochs + 1) + 0.5
        for shape in ALONE_SHAPES
    ]
    fits = maximise(
        np.repeat(share_SC, len(ALONE_SHAPES), axis=0),
        np.array(starts),
        low_P,
        high_P,
        make_priors(n_epochs),
        tolerance=PICTURE_TOLERANCE,
    )
    best_S = fits.objective_B.reshape(-1, len(ALONE_SHAPES)).argmax(axis=1)
    theta_SBP = fits.theta_BP.reshape(len(share_SC), len(ALONE_SHAPES), -1)
    return np.asarray(theta_SBP[np.arange(len(share_SC)), best_S, 1:3])


def _best_of(
    share_C: FloatArray,
    starts_BP: FloatArray,
    box: tuple[FloatArray, FloatArray],
    priors: Priors,
    tolerance: float = TOLERANCE,
) -> Fits:
    """Return the best fit of several starts, as a batch of one; with the iterations of all."""
    shares_BC = np.tile(share_C, (len(starts_BP), 1))
    scout = maximise(
        shares_BC, starts_BP, *box, priors, max_iterations=SCOUT_ITERATIONS, tolerance=tolerance
    )
    leaders = np.argsort(-scout.objective_B, kind="stable")[:LEADERS]
    fits = maximise(shares_BC[leaders], scout.theta_BP[leaders], *box, priors, tolerance=tolerance)
    best = int(np.argmax(fits.objective_B))
    return Fits(
        theta_BP=fits.theta_BP[[best]],
        objective_B=fits.objective_B[[best]],
        converged_B=fits.converged_B[[best]],
        n_iterations_B=np.array([scout.n_iterations_B.sum() + fits.n_iterations_B.sum()]),
    )


def _starts(share_C: FloatArray) -> FloatArray:
    """Make the starting parameters, shape (B, 6): the data cut in two at several places."""
    n_epochs = share_C.size - 1
    kept_C = np.cumsum(share_C)
    starts = []
    for split in (0.35, 0.6, 0.85):
        cut = min(max(round(split * (n_epochs + 1)), 1), n_epochs)
        noisy = min(max(1.0 - float(kept_C[cut - 1]), 0.01), 0.99)
        below = share_C[:cut] @ np.arange(cut) / max(kept_C[cut - 1], 1e-12) + 0.5
        above = 0.5 * (cut + n_epochs) + 1.0
        for clean_shape, noisy_shape in ((0.8, 5.0), (1.5, 10.0)):
            logs = np.log([noisy / (1 - noisy), clean_shape, below, noisy_shape, above, 0.02])
            starts.append(logs)
    return np.array(starts)
