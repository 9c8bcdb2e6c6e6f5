"""Fit the two-component Weibull mixture to counts of misclassified epochs.

The released code of the method fits a continuous density to whole numbers with a mass at both
ends, where the likelihood has no maximum. Here a count is a cell with a probability, at most 1,
so nothing can blow up, and one evaluation costs O(n_epochs) whatever the number of instances.
"""

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture import LOG_TWO, WeibullMixture, cell_probability
from mild.core.scoring import Priors, maximise

__all__ = ["WeibullMixture", "cell_probability", "fit_weibull_mixture"]

CLEAN_SHAPES = (0.2, 8.0)
NOISY_SHAPES = (4.0, 60.0)
"""Mislabeled instances agree with one another: from 4 on, few clean ones can join them."""
WEIGHTS = (1e-6, 1.0 - 1e-6)


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
    low_P, high_P = bounds(n_epochs)
    starts_BP = _starts(share_C)
    priors = make_priors(n_epochs, n_instances)
    fits = maximise(np.tile(share_C, (len(starts_BP), 1)), starts_BP, low_P, high_P, priors)
    best = int(np.argmax(fits.objective_B))
    return as_mixture(
        fits.theta_BP[best],
        share_C,
        n_instances,
        converged=bool(fits.converged_B[best]),
        n_iterations=int(fits.n_iterations_B.sum()),
    )


def as_shares(n_by_count_C: IntArray | FloatArray) -> tuple[FloatArray, int]:
    """Counts as shares that sum to 1, and their sum. ValueError as `fit_weibull_mixture`."""
    n_C = np.asarray(n_by_count_C, dtype=np.float64)
    if n_C.ndim != 1 or n_C.size < 2:
        raise ValueError(
            f"counts must have shape (n_epochs + 1,) with n_epochs >= 1, not {n_C.shape}"
        )
    if not np.all(np.isfinite(n_C)) or n_C.min() < 0 or n_C.sum() <= 0:
        raise ValueError("counts must be finite, not negative, and hold at least one instance")
    return n_C / n_C.sum(), round(float(n_C.sum()))


def bounds(n_epochs: int) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest parameters, shape (5,) each, in the order of `mild.core.scoring`."""
    half = n_epochs / 2
    logit = [np.log(w / (1 - w)) for w in WEIGHTS]
    low = [logit[0], np.log(CLEAN_SHAPES[0]), np.log(0.02), np.log(NOISY_SHAPES[0]), np.log(half)]
    high = [
        logit[1],
        np.log(CLEAN_SHAPES[1]),
        np.log(half),
        np.log(NOISY_SHAPES[1]),
        np.log(4.0 * n_epochs),
    ]
    return np.array(low), np.array(high)


def make_priors(n_epochs: int, n_instances: int) -> Priors:
    """Weak priors, so that a component without instances stays where it says nothing."""
    mean = np.array([0.0, 0.0, np.log(n_epochs / 4), np.log(8.0), np.log(n_epochs)])
    return Priors(mean_P=mean, precision_P=np.full(5, 1e-6))


def as_mixture(
    theta_P: FloatArray,
    share_C: FloatArray,
    n_instances: int,
    *,
    converged: bool,
    n_iterations: int,
) -> WeibullMixture:
    """Name the parameters and judge the fit."""
    noisy = 1.0 / (1.0 + np.exp(-theta_P[0]))
    shape, median = np.exp(theta_P[[1, 3]]), np.exp(theta_P[[2, 4]])
    weight = np.array([1.0 - noisy, noisy])
    fitted_C = weight @ cell_probability(shape, median, share_C.size - 1)
    log_likelihood = n_instances * mean_log(share_C, fitted_C)
    return WeibullMixture(
        n_epochs=share_C.size - 1,
        n_instances=n_instances,
        weight=weight,
        shape=shape,
        scale=median / LOG_TWO ** (1.0 / shape),
        log_likelihood=log_likelihood,
        converged=converged,
        n_iterations=n_iterations,
        misfit=0.5 * float(np.abs(share_C - fitted_C).sum()),
        bic=5 * np.log(n_instances) - 2 * log_likelihood,
        bic_one_component=2 * np.log(n_instances) - 2 * _one_component(share_C, n_instances),
    )


def as_theta(mixture: WeibullMixture) -> FloatArray:
    """The parameters of a fitted mixture as `mild.core.scoring` has them, shape (5,)."""
    shape, median = np.log(mixture.shape), np.log(mixture.median)
    logit = np.log(mixture.weight[1] / mixture.weight[0])
    return np.array([logit, shape[0], median[0], shape[1], median[1]])


def mean_log(share_C: FloatArray, fitted_C: FloatArray) -> float:
    """Mean log-likelihood of shares under cell probabilities."""
    return float((share_C * np.log(np.maximum(fitted_C, 1e-300))).sum())


def _one_component(share_C: FloatArray, n_instances: int) -> float:
    """Log-likelihood of the best single Weibull distribution."""
    n_epochs = share_C.size - 1
    low, high = bounds(n_epochs)
    low[[0, 1, 2]], high[[0, 1, 2]] = [-40.0, low[1], low[2]], [-40.0, high[3], high[4]]
    low[3:], high[3:] = high[3:], high[3:]
    mean = float(share_C @ np.arange(n_epochs + 1)) + 0.5
    start = np.array([[-40.0, np.log(s), np.log(mean), high[3], high[4]] for s in (0.7, 2.0, 6.0)])
    fits = maximise(np.tile(share_C, (3, 1)), start, low, high, make_priors(n_epochs, n_instances))
    theta_P = fits.theta_BP[int(np.argmax(fits.objective_B))]
    cells = cell_probability(np.exp(theta_P[[1]]), np.exp(theta_P[[2]]), n_epochs)
    return n_instances * mean_log(share_C, cells[0])


def _starts(share_C: FloatArray) -> FloatArray:
    """Starting parameters, shape (B, 5): the data cut in two at several places."""
    n_epochs = share_C.size - 1
    edges = np.cumsum(share_C)
    starts = []
    for split in (0.35, 0.6, 0.85):
        cut = min(max(round(split * (n_epochs + 1)), 1), n_epochs)
        noisy = min(max(1.0 - edges[cut - 1], 0.01), 0.99)
        below = share_C[:cut] @ np.arange(cut) / max(edges[cut - 1], 1e-12) + 0.5
        for clean_shape, noisy_shape in ((0.8, 5.0), (1.5, 10.0)):
            starts.append(
                [
                    np.log(noisy / (1 - noisy)),
                    np.log(clean_shape),
                    np.log(below),
                    np.log(noisy_shape),
                    np.log(0.5 * (cut + n_epochs) + 1),
                ]
            )
    return np.array(starts)
