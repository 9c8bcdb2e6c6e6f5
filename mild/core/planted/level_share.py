"""The level share of a falling density: how many of the others are spread as the planted are.

Three things are not known: the slowest rate at which clean instances thin out, whether natural
mistakes score a little lower than planted ones (their hazard, 1 for "like planted"), and what
another draw of instances would give. So there is no one fit but a weighted set of them, over
slowest rates, hazards, scores and resamples. All are made at once, by expectation maximisation
over the weights of fixed components, with the fits along the last axis, where arrays are fast.

Legend: S scores, G groups of cells (a score, or a resample of one), B cells, H hazards,
L slowest rates, K components, D fits of the set.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray

SLOWEST_RATES = np.array([2.0, 5.0, 12.0])
"""Clean instances thin out at least this fast over the quantiles of the planted."""
FASTEST_RATE = 1000.0
N_RATES = 8
RIGHT_ROUNDS = 4
RIGHT_ITERATIONS = 25
MOST_RIGHT = 0.6
"""Beyond that, planted labels are right about as often as wrong, and tell nothing."""
HAZARDS = np.array([1.0, 1.2, 1.4, 1.6])
"""How much sooner than planted labels natural mistakes are memorized."""
HAZARD_DOUBT = 10.0
"""Log-odds that a hazard larger by one must make up for."""
TEMPER = 0.25
"""The likelihood treats the cells of the planted as exact; they are a sample."""
RESAMPLES = 12
ITERATIONS = 50
OVER_RELAXED = 1.8
"""Steps of expectation maximisation are lengthened by this power, below 2, where it is stable."""
SMOOTHING = 0.3
"""Planted instances added to each cell, so that none is empty."""


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Planted and other instances between the quantiles of the planted, by score.

    Scores with fewer cells than others end in cells that nothing can fall into.
    """

    planted_GB: FloatArray
    rest_GB: FloatArray
    real_GB: NDArray[np.bool_]
    """False for cells that only fill up."""

    @staticmethod
    def stacked(cells: Sequence[tuple[FloatArray, FloatArray]]) -> "LevelCounts":
        """Return one score after the other, from pairs of planted (B,) and others (B,)."""
        n_cells = [planted_B.size for planted_B, _ in cells]
        planted_GB, rest_GB = np.zeros((2, len(cells), max(n_cells)))
        for group, (planted_B, rest_B) in enumerate(cells):
            planted_GB[group, : planted_B.size] = planted_B
            rest_GB[group, : rest_B.size] = rest_B
        real_GB = np.arange(max(n_cells)) < np.array(n_cells)[:, None]
        return LevelCounts(planted_GB, rest_GB, real_GB)

    def without_right(self, right: float) -> "LevelCounts":
        """Keep only those of the planted that are wrong, when a share `right` of them is not.

        A planted label that hits the true one scores like a clean one, whose distribution is what
        the others have left without their mislabeled part.
        """
        n_G1 = self.planted_GB.sum(axis=1, keepdims=True)
        expected_GB = right * n_G1 * self.rest_GB / self.rest_GB.sum(axis=1, keepdims=True)
        wrong_GB = np.maximum(self.planted_GB - expected_GB, 0.02 * self.planted_GB)
        return replace(self, planted_GB=wrong_GB * n_G1 / wrong_GB.sum(axis=1, keepdims=True))

    def resampled(self, rng: np.random.Generator) -> "LevelCounts":
        """Resample the counts: the groups of the first score, of the second, and so on."""
        planted, rest = [], []
        for planted_B, rest_B in zip(self.planted_GB, self.rest_GB, strict=True):
            planted.append(_resampled(planted_B, rng))
            rest.append(_resampled(rest_B, rng))
        real_GB = np.repeat(self.real_GB, 1 + RESAMPLES, axis=0)
        return LevelCounts(np.concatenate(planted), np.concatenate(rest), real_GB)


def share_of_right(cells: LevelCounts, n_classes: int | None) -> float:
    """Estimate how many of the planted labels hit the true one, as a share of the planted.

    With w mislabeled of C classes, w / (C - 1) of them do. None takes that for impossible.
    """
    if n_classes is None or n_classes < 2:
        return 0.0
    right = 0.0
    for _ in range(RIGHT_ROUNDS):
        wrong = cells.without_right(right)
        rate_GLH, _ = fit_level(wrong, SLOWEST_RATES[1:2], HAZARDS[:1], RIGHT_ITERATIONS)
        rate = float(rate_GLH.mean())
        right = min(rate / max(1.0 - rate, 1e-6) / (n_classes - 1), MOST_RIGHT)
    return right


def weighted_fits(cells: LevelCounts) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return level share, hazard and weight of every fit, each (D,); weights sum to 1."""
    # A stream of its own: the same instances give the same interval on every call.
    resampled = cells.resampled(np.random.default_rng(0))
    rate_GLH, log_likelihood_GLH = fit_level(resampled, SLOWEST_RATES, HAZARDS)
    odds_GLH = TEMPER * log_likelihood_GLH - HAZARD_DOUBT * (HAZARDS - 1.0)
    weight_GLH = np.exp(odds_GLH - odds_GLH.max(axis=(1, 2), keepdims=True))
    weight_GLH /= weight_GLH.sum(axis=(1, 2), keepdims=True) * len(weight_GLH)
    hazard_GLH = np.broadcast_to(HAZARDS, rate_GLH.shape)
    return rate_GLH.ravel(), hazard_GLH.ravel(), weight_GLH.ravel()


def fit_level(
    cells: LevelCounts, slowest_L: FloatArray, hazard_H: FloatArray, n_iterations: int = ITERATIONS
) -> tuple[FloatArray, FloatArray]:
    """Fit the level share for each group, slowest rate and hazard, (G, L, H); with likelihoods."""
    share_GB = cells.rest_GB / cells.rest_GB.sum(axis=1, keepdims=True)
    component_KBD = _components(cells, slowest_L, hazard_H)
    share_BD = np.repeat(share_GB.T, len(slowest_L) * len(hazard_H), axis=1)
    weight_KD, fitted_BD = _weights(component_KBD, share_BD, n_iterations)
    outcome = (len(share_GB), len(slowest_L), len(hazard_H))
    log_likelihood_D = (share_BD * np.log(fitted_BD)).sum(axis=0) * cells.rest_GB[0].sum()
    return weight_KD[0].reshape(outcome), log_likelihood_D.reshape(outcome)


def _components(cells: LevelCounts, slowest_L: FloatArray, hazard_H: FloatArray) -> FloatArray:
    """Return what of the level and of the exponentials falls into each cell, (K, B, D)."""
    planted_GB = cells.planted_GB + SMOOTHING * cells.real_GB
    u_GB = np.cumsum(planted_GB, axis=1) / planted_GB.sum(axis=1, keepdims=True)
    u_GB = np.minimum(np.pad(u_GB, ((0, 0), (1, 0))), 1.0)
    u_GB[:, -1] = 1.0
    u_BG = np.ascontiguousarray(u_GB.T)
    wrong_BGH = np.diff(1.0 - (1.0 - u_BG[:, :, None]) ** hazard_H, axis=0)
    steps_K = np.linspace(0.0, 1.0, N_RATES)[:, None]
    rate_KL = slowest_L * (FASTEST_RATE / slowest_L) ** steps_K
    clean_KBGL = np.diff(-np.expm1(-rate_KL[:, None, None, :] * u_BG[:, :, None]), axis=1)
    clean_KBGL /= -np.expm1(-rate_KL)[:, None, None, :]
    n_cells, n_groups = wrong_BGH.shape[:2]
    shape = (1 + N_RATES, n_cells, n_groups, len(slowest_L), len(hazard_H))
    component = np.empty(shape)
    component[0] = wrong_BGH[:, :, None, :]
    component[1:] = clean_KBGL[..., None]
    return component.reshape(1 + N_RATES, n_cells, -1)


def _weights(
    component_KBD: FloatArray, share_BD: FloatArray, n_iterations: int
) -> tuple[FloatArray, FloatArray]:
    """Weigh the components, (K, D); with the cells (B, D) that they make of each fit."""
    n_components, _, n_fits = component_KBD.shape
    weight_KD = np.full((n_components, n_fits), 1.0 / n_components)
    for _ in range(n_iterations):
        ratio_BD = share_BD / _mixed(weight_KD, component_KBD)
        step_KD = np.einsum("kbd,bd->kd", component_KBD, ratio_BD)
        weight_KD *= np.exp(OVER_RELAXED * np.log(step_KD + 1e-300))  # faster than a power
        weight_KD /= weight_KD.sum(axis=0)
    return weight_KD, _mixed(weight_KD, component_KBD)


def _mixed(weight_KD: FloatArray, component_KBD: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("kd,kbd->bd", weight_KD, component_KBD) + 1e-12)


def _resampled(n_B: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the counts, and resamples of them, shape (1 + RESAMPLES, B)."""
    n = round(float(n_B.sum()))
    drawn_RB = rng.multinomial(n, n_B / n_B.sum(), size=RESAMPLES)
    return np.concatenate([n_B[None, :], drawn_RB.astype(np.float64)])
