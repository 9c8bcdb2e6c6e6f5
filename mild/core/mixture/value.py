"""A two-component Weibull mixture over the epochs an instance stays misclassified, as a value.

A count of c misclassified epochs stands for a waiting time in [c, c + 1), the largest count
for [p, infinity). Component 0 is clean (the smaller median), component 1 is mislabeled.

Clean instances are not exactly Weibull: a few of them are hard and stay misclassified far longer
than their kind. A small share of the clean component therefore follows a tail that falls slowly
to 0 at p + 1, with survival (1 - t / (p + 1)) ^ HARD_POWER. Without it the mislabeled component
stretches down to cover them wherever there is little noise.
"""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray

HARD_POWER = 2.5
LOG_TWO = float(np.log(2.0))
LOG_U_MAX = 6.6  # exp(-exp(6.6)) is 0 in double precision; beyond it exp would only overflow


@dataclass(frozen=True, kw_only=True, slots=True)
class WeibullMixture:
    """A fitted mixture: what `fit_weibull_mixture` returns."""

    n_epochs: int
    n_instances: int
    weight: FloatArray
    """Shape (2,), positive, sums to 1; component 0 has the smaller median."""
    shape: FloatArray
    """Shape (2,), dimensionless."""
    scale: FloatArray
    """Shape (2,), in epochs."""
    hard_share: float
    """Share of the clean component in the tail of hard instances; weight, shape, scale and
    median describe the Weibull distributions."""
    log_likelihood: float
    """Of all instances, natural logarithm; without the priors."""
    converged: bool
    n_iterations: int
    misfit: float
    """Share of the instances that would have to move for the data to equal the fit: half the
    summed absolute difference of shares per count. 0 is perfect, 1 is the worst. An effect
    size, because with many instances every test rejects every model."""
    bic: float
    """Bayesian information criterion; lower is better."""
    bic_one_component: float
    """The same for a single Weibull distribution."""

    @property
    def median(self) -> FloatArray:
        """Shape (2,), in epochs."""
        return np.asarray(self.scale * LOG_TWO ** (1.0 / self.shape))

    @property
    def mode(self) -> FloatArray:
        """Shape (2,), in epochs; 0 for a component whose density only falls (shape <= 1)."""
        inner = np.maximum(1.0 - 1.0 / self.shape, 0.0)
        return np.asarray(self.scale * inner ** (1.0 / self.shape))

    def density(self, t: FloatArray) -> FloatArray:
        """Return the weighted density of each component at times t >= 0 (epochs), (2, len(t))."""
        t = np.asarray(t, dtype=np.float64)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            ratio = t[None, :] / self.scale[:, None]
            shape = self.shape[:, None]
            value = shape / self.scale[:, None] * ratio ** (shape - 1.0) * np.exp(-(ratio**shape))
        value = np.where(t[None, :] < 0.0, 0.0, np.nan_to_num(value, nan=0.0, posinf=np.inf))
        left = np.clip(1.0 - t / (self.n_epochs + 1), 0.0, 1.0)
        hard = np.where(t < 0.0, 0.0, HARD_POWER / (self.n_epochs + 1) * left ** (HARD_POWER - 1))
        value[0] = (1.0 - self.hard_share) * value[0] + self.hard_share * hard
        return np.asarray(self.weight[:, None] * value)

    def cell_probability(self) -> FloatArray:
        """Return P(c | component) for c = 0 .. n_epochs, shape (2, n_epochs + 1); rows sum to 1."""
        cells = cell_probability(self.shape, self.median, self.n_epochs)
        hard = self.hard_share * hard_cells(self.n_epochs)
        return np.stack([(1.0 - self.hard_share) * cells[0] + hard, cells[1]])

    def posterior_clean(self) -> FloatArray:
        """Return P(clean | misclassified in c epochs) for c = 0 .. n_epochs, within [0, 1].

        Not monotone in c where the two densities cross twice. Where neither component can be,
        it is that of the nearest count below which can, so it is finite everywhere.
        """
        joint = self.weight[:, None] * self.cell_probability()
        total = joint.sum(axis=0)
        possible = total > 0.0
        posterior = np.divide(joint[0], total, out=np.ones_like(total), where=possible)
        nearest = np.maximum.accumulate(np.where(possible, np.arange(total.size), 0))
        return np.asarray(np.clip(posterior[nearest], 0.0, 1.0))


def cell_probability(shape: FloatArray, median: FloatArray, n_epochs: int) -> FloatArray:
    """Return the probability of each count under Weibull distributions given by shape and median.

    Parameters
    ----------
    shape, median
        Shape (J,), positive; the median in epochs.

    Returns
    -------
    Shape (J, n_epochs + 1); rows sum to 1.

    Examples
    --------
    >>> cell_probability(np.array([1.0]), np.array([1.0]), 2).tolist()
    [[0.5, 0.25, 0.25]]
    """
    survival = _survival(np.asarray(shape), np.asarray(median), n_epochs)
    return np.asarray(-np.diff(survival, axis=-1))


def hard_cells(n_epochs: int) -> FloatArray:
    """Return the probability of each count in the tail of hard clean instances, (n_epochs + 1,).

    Examples
    --------
    >>> hard_cells(1).round(3).tolist()
    [0.823, 0.177]
    """
    left = 1.0 - np.arange(n_epochs + 2) / (n_epochs + 1)
    return np.asarray(-np.diff(left**HARD_POWER))


def _survival(shape: FloatArray, median: FloatArray, n_epochs: int) -> FloatArray:
    """Return the survival at 0, 1, .., p, and 0 after that, shape (J, p + 2)."""
    log_t = np.log(np.arange(1, n_epochs + 1))
    log_u = np.log(LOG_TWO) + shape[:, None] * (log_t - np.log(median)[:, None])
    inner = np.exp(-np.exp(np.minimum(log_u, LOG_U_MAX)))
    return np.pad(np.pad(inner, ((0, 0), (1, 0)), constant_values=1.0), ((0, 0), (0, 1)))
