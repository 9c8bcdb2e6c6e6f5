"""The six parameters of the mixture: their bounds, weak priors, and the mixture that they make."""

from dataclasses import replace

import numpy as np

from mild.core.arrays import FloatArray
from mild.core.mixture.scoring import Priors
from mild.core.mixture.value import LOG_TWO, WeibullMixture, cell_probability

CLEAN_SHAPES = (0.2, 8.0)
NOISY_SHAPES = (4.0, 60.0)
"""Mislabeled instances agree with one another: from 4 on, few clean ones can join them."""
NOISY_SHAPE_FEW_EPOCHS = 6.0
FEW_EPOCHS = 12
"""With so few epochs a flat component could pass for almost anything: bound it more tightly."""
WEIGHTS = (1e-6, 1.0 - 1e-6)
HARD_SHARES = (1e-6, 0.1)
HARD_START = -4.0  # logit of 0.018


def bounds(n_epochs: int, *, hard: bool = True) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest parameters, (6,) each, in the order of `scoring`."""
    half = n_epochs / 2
    logit = [np.log(w / (1 - w)) for w in WEIGHTS + HARD_SHARES]
    noisy_shape = NOISY_SHAPES[0] if n_epochs >= FEW_EPOCHS else NOISY_SHAPE_FEW_EPOCHS
    low = [CLEAN_SHAPES[0], 0.02, noisy_shape, half]
    high = [CLEAN_SHAPES[1], half, NOISY_SHAPES[1], 4.0 * n_epochs]
    low_P = np.array([logit[0], *np.log(low), logit[2]])
    high_P = np.array([logit[1], *np.log(high), logit[3]])
    if not hard:
        high_P[5] = low_P[5]
    return low_P, high_P


def make_priors(n_epochs: int) -> Priors:
    """Make very weak priors: they only hold a component in place that no instance belongs to."""
    mean = [0.0, 0.0, np.log(n_epochs / 4), np.log(8.0), np.log(n_epochs), HARD_START]
    return Priors(mean_P=np.array(mean), precision_P=np.full(6, 1e-6))


def as_mixture(
    theta_P: FloatArray,
    share_C: FloatArray,
    n_instances: int,
    *,
    converged: bool,
    n_iterations: int,
    alone: FloatArray,
) -> WeibullMixture:
    """Name the parameters and judge the fit, also against a Weibull distribution `alone`.

    `alone`, shape (2,), are log shape and log median of the best single one.
    """
    shape_1, median_1 = np.exp(alone)[:, None]
    alone_C = cell_probability(shape_1, median_1, share_C.size - 1)[0]
    alone_log_likelihood = n_instances * mean_log(share_C, alone_C)
    noisy = 1.0 / (1.0 + np.exp(-theta_P[0]))
    shape, median = np.exp(theta_P[[1, 3]]), np.exp(theta_P[[2, 4]])
    mixture = WeibullMixture(
        n_epochs=share_C.size - 1,
        n_instances=n_instances,
        weight=np.array([1.0 - noisy, noisy]),
        shape=shape,
        scale=_scale(shape, median),
        hard_share=1.0 / (1.0 + np.exp(-theta_P[5])),
        log_likelihood=np.nan,
        converged=converged,
        n_iterations=n_iterations,
        misfit=np.nan,
        bic=np.nan,
        bic_one_component=2 * np.log(n_instances) - 2 * alone_log_likelihood,
    )
    fitted_C = mixture.weight @ mixture.cell_probability()
    log_likelihood = n_instances * mean_log(share_C, fitted_C)
    return replace(
        mixture,
        log_likelihood=log_likelihood,
        misfit=misfit(share_C, fitted_C),
        bic=6 * float(np.log(n_instances)) - 2 * log_likelihood,
    )


def _scale(shape_J: FloatArray, median_J: FloatArray) -> FloatArray:
    """Return the scales with these medians, which stay in order where they are equal."""
    scale_J = median_J / LOG_TWO ** (1.0 / shape_J)
    if np.greater(*(scale_J * LOG_TWO ** (1.0 / shape_J))):  # turned by rounding
        scale_J[0] *= 1.0 - 4.0 * np.finfo(np.float64).eps
    return scale_J


def as_theta(mixture: WeibullMixture) -> FloatArray:
    """Return the parameters of a fitted mixture as `scoring` has them, shape (6,)."""
    shape, median = np.log(mixture.shape), np.log(mixture.median)
    logit = np.log(mixture.weight[1] / mixture.weight[0])
    hard = np.log(mixture.hard_share / (1.0 - mixture.hard_share))
    return np.array([logit, shape[0], median[0], shape[1], median[1], hard])


def misfit(share_C: FloatArray, fitted_C: FloatArray) -> float:
    """Return the share of instances at another count than the cells promise, 0 to 1."""
    return 0.5 * float(np.abs(share_C - fitted_C).sum())


def mean_log(share_C: FloatArray, fitted_C: FloatArray) -> float:
    """Return the mean log-likelihood of shares under cell probabilities."""
    return float((share_C * np.log(np.maximum(fitted_C, 1e-300))).sum())
