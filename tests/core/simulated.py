"""Rounds of training without a network: counts and losses of clean, wrong and planted labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_EPOCHS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedRound:
    """What a round leaves behind, each (N,), in random order; and what nobody knows: `wrong_N`."""

    misclassified_N: np.ndarray
    mean_loss_N: np.ndarray
    planted_N: np.ndarray
    wrong_N: np.ndarray


def simulate(
    rate: float,
    *,
    n: int = 4000,
    n_planted: int = 250,
    clean: tuple[float, float] = (1.2, 0.8),
    wrong: tuple[float, float] = (12.0, 3.0),
    seed: int = 0,
) -> SimulatedRound:
    """Epochs until memorized are Weibull, (scale, shape) of clean and of wrong; losses follow."""
    rng = np.random.default_rng(seed)
    n_wrong = round(rate * n)
    is_clean_N = np.arange(n + n_planted) < n - n_wrong
    scale_N, shape_N = (np.where(is_clean_N, a, b) for a, b in zip(clean, wrong, strict=True))
    waited_N = scale_N * rng.weibull(shape_N)
    planted_N = np.arange(n + n_planted) >= n
    order_N = rng.permutation(n + n_planted)
    return SimulatedRound(
        misclassified_N=np.minimum(waited_N, N_EPOCHS).astype(np.int64)[order_N],
        mean_loss_N=(0.1 * waited_N + 0.02 * rng.random(n + n_planted))[order_N],
        planted_N=planted_N[order_N],
        wrong_N=(~is_clean_N & ~planted_N)[order_N],
    )
