"""Continuous two-component mixtures, for comparison: what others fit to the same counts.

A count c stands for the point c + 1/2, so fit and threshold share one unit. Expectation and
maximisation on the weighted points, from two halves cut at the weighted mean. The likelihood of a
continuous density on whole numbers has no maximum (a component can collapse onto one value), so
shapes and widths are bounded; the bound is often where the fit ends, and that is the lesson.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture.weibull import as_shares

ALTERNATIVES = ("continuous-weibull", "gaussian", "beta")
"""The authors' model; DivideMix's (Li et al., ICLR 2020); Arazo et al., ICML 2019."""

MAX_ITERATIONS = 500
TOLERANCE = 1e-10  # gain of the mean log-likelihood per iteration
SHAPES = (0.2, 60.0)
MIN_DEVIATION = 0.3  # about that of a uniform density over one cell
BETA_PARAMETERS = (0.05, 500.0)

Parameters = tuple[float, float]
Density = Callable[[FloatArray, Parameters], FloatArray]
Estimate = Callable[[FloatArray, FloatArray], Parameters]


@dataclass(frozen=True, kw_only=True, slots=True)
class ContinuousMixture:
    """A continuous mixture fitted to counts; component 0 is clean (the smaller mean)."""

    name: str
    weight: FloatArray
    """Shape (2,), sums to 1."""
    parameters: tuple[Parameters, Parameters]
    """Weibull: shape, scale in epochs. Gaussian: mean, deviation in epochs. Beta: a, b."""
    posterior_clean: FloatArray
    """Shape (p + 1,), P(clean | c); not monotone."""
    cut: int
    """The cut with the fewest expected errors under this posterior; keep iff c < cut."""
    converged: bool
    n_iterations: int


def fit_continuous(n_by_count_C: IntArray | FloatArray, *, name: str) -> ContinuousMixture:
    """Fit one of ALTERNATIVES to counts of misclassified epochs.

    Parameters
    ----------
    n_by_count_C
        Shape (p + 1,), instances misclassified in exactly c epochs.

    Raises
    ------
    ValueError
        If the name is unknown or the counts are not usable.

    Examples
    --------
    >>> fit_continuous(np.array([50, 30, 5, 1, 0, 1, 9]), name="gaussian").cut
    5
    """
    if name not in ALTERNATIVES:
        raise ValueError(f"mixture {name!r} is unknown; choose one of {', '.join(ALTERNATIVES)}")
    share_C, _ = as_shares(n_by_count_C)
    points_C: FloatArray = np.arange(share_C.size, dtype=np.float64) + 0.5
    if name == "beta":
        points_C = points_C / share_C.size
    density, estimate = _FAMILIES[name]
    weight, parameters, joint_2C, converged, n_iterations = _expectation_maximisation(
        share_C, points_C, density, estimate
    )
    if (
        share_C @ (joint_2C[0] * points_C) * weight[1]
        > share_C @ (joint_2C[1] * points_C) * weight[0]
    ):
        weight, parameters, joint_2C = weight[::-1].copy(), parameters[::-1], joint_2C[::-1]
    return ContinuousMixture(
        name=name,
        weight=weight,
        parameters=(parameters[0], parameters[1]),
        posterior_clean=joint_2C[0],
        cut=_fewest_errors(share_C, joint_2C[0]),
        converged=converged,
        n_iterations=n_iterations,
    )


def _expectation_maximisation(
    share_C: FloatArray, points_C: FloatArray, density: Density, estimate: Estimate
) -> tuple[FloatArray, list[Parameters], FloatArray, bool, int]:
    """Return weights, parameters, posterior of both components (2, C), converged, iterations."""
    low_C = (points_C <= share_C @ points_C).astype(np.float64) * 0.98 + 0.01
    posterior_2C = np.stack([low_C, 1.0 - low_C])
    weight, parameters = np.full(2, 0.5), [(1.0, 1.0), (1.0, 1.0)]
    before = -np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        weighted_2C = posterior_2C * share_C
        weight = np.clip(weighted_2C.sum(axis=1), 1e-9, 1.0)
        weight = weight / weight.sum()
        parameters = [estimate(points_C, row / max(row.sum(), 1e-300)) for row in weighted_2C]
        joint_2C = np.stack(
            [w * density(points_C, pair) for w, pair in zip(weight, parameters, strict=True)]
        )
        total_C = np.maximum(joint_2C.sum(axis=0), 1e-300)
        posterior_2C = np.stack([joint_2C[0] / total_C, 1.0 - joint_2C[0] / total_C])
        now = float(share_C @ np.log(total_C))
        if abs(now - before) < TOLERANCE:
            return weight, parameters, posterior_2C, True, iteration
        before = now
    return weight, parameters, posterior_2C, False, MAX_ITERATIONS


def _fewest_errors(share_C: FloatArray, posterior_C: FloatArray) -> int:
    kept_noisy = np.concatenate([[0.0], np.cumsum(share_C * (1.0 - posterior_C))])
    flagged_clean = np.concatenate([np.cumsum((share_C * posterior_C)[::-1])[::-1], [0.0]])
    errors = kept_noisy + flagged_clean
    return int(np.flatnonzero(errors <= errors.min() + 1e-15)[-1])


def _weibull_density(t: FloatArray, parameters: Parameters) -> FloatArray:
    shape, scale = parameters
    log_ratio = np.log(t / scale)
    power = np.exp(np.minimum(shape * log_ratio, 700.0))
    log_density = np.log(shape / scale) + (shape - 1.0) * log_ratio - power
    return np.asarray(np.exp(np.maximum(log_density, -745.0)))


def _weibull_estimate(t: FloatArray, share: FloatArray) -> Parameters:
    """Estimate by weighted maximum likelihood: the shape by bisection of its score equation."""
    log_t = np.log(t / t.max())
    mean_log = float(share @ log_t)

    def score(shape: float) -> float:
        power = share * np.exp(shape * log_t)
        return float(power @ log_t / power.sum()) - 1.0 / shape - mean_log

    low, high = SHAPES
    if score(high) < 0.0:
        low = high
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if score(middle) < 0.0 else (low, middle)
    shape = 0.5 * (low + high)
    return shape, float(t.max() * (share @ np.exp(shape * log_t)) ** (1.0 / shape))


def _gaussian_density(t: FloatArray, parameters: Parameters) -> FloatArray:
    mean, deviation = parameters
    z = np.clip((t - mean) / deviation, -37.0, 37.0)
    return np.asarray(np.exp(-0.5 * z**2) / (deviation * np.sqrt(2.0 * np.pi)))


def _gaussian_estimate(t: FloatArray, share: FloatArray) -> Parameters:
    mean = float(share @ t)
    return mean, max(float(share @ (t - mean) ** 2) ** 0.5, MIN_DEVIATION)


def _beta_density(x: FloatArray, parameters: Parameters) -> FloatArray:
    from scipy.special import betaln

    a, b = parameters
    log_density = (a - 1.0) * np.log(x) + (b - 1.0) * np.log1p(-x) - betaln(a, b)
    return np.asarray(np.exp(np.clip(log_density, -745.0, 700.0)))


def _beta_estimate(x: FloatArray, share: FloatArray) -> Parameters:
    """Estimate by weighted moments, as Arazo et al. do."""
    mean = float(np.clip(share @ x, 1e-6, 1.0 - 1e-6))
    variance = max(float(share @ (x - mean) ** 2), 1e-9)
    total = mean * (1.0 - mean) / variance - 1.0
    a, b = np.clip([mean * total, (1.0 - mean) * total], *BETA_PARAMETERS)
    return float(a), float(b)


_FAMILIES: dict[str, tuple[Density, Estimate]] = {
    "continuous-weibull": (_weibull_density, _weibull_estimate),
    "gaussian": (_gaussian_density, _gaussian_estimate),
    "beta": (_beta_density, _beta_estimate),
}
