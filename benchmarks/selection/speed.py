"""Time the fit and the choice of a cut, on counts drawn from recorded runs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.selection.panels import PANEL, PLANTED_PANEL
from mild.core.dynamics import counts_to_cells, misclassified_counts
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.selection import select
from mild.store.status_file import read_status_file

SPEED_RUN = "cifar10-10k-sym40-e20.npz"
N_SMALL, N_LARGE = 50_000, 10_000_000
PLANTED_SPEED_RUN = "features-mlp512-memorizes-sym20-e20-planted10.npz"
N_RANKED = 1_000_000
PLANTED_SHARE = 0.03
PLANTED_BUDGETS = {N_SMALL: 0.05, N_RANKED: 0.5}
"""Seconds for ranks, fit and cut."""


def time_fits(*, library: bool) -> dict[str, float | None]:
    """Time our fit for two numbers of instances, and the library on the same values."""
    small_N, large_N = draw_counts(N_SMALL), draw_counts(N_LARGE)
    small_C, large_C = counts_to_cells(small_N, 20), counts_to_cells(large_N, 20)
    fit_small, fit_large = fastest(
        lambda: fit_weibull_mixture(small_C), lambda: fit_weibull_mixture(large_C), n_repeats=15
    )
    (counting,) = fastest(lambda: counts_to_cells(large_N, 20), n_repeats=3)
    theirs = time_library(small_N) if library else None
    return {
        "fit_50_000_seconds": fit_small,
        "fit_10_000_000_seconds": fit_large,
        "fit_ratio": fit_large / fit_small,
        "counting_10_000_000_seconds": counting,
        "library_50_000_seconds": theirs,
        "times_faster": None if theirs is None else theirs / fit_small,
    }


def time_planted() -> list[dict[str, float]]:
    """Time ranks, fit and cut with 3 % planted labels, drawn from a recorded run."""
    measured = []
    for n, budget in PLANTED_BUDGETS.items():
        counts_N, mean_loss_N, planted_N = draw_planted(n)

        def choose(
            counts_N: NDArray[np.int64] = counts_N,
            mean_loss_N: NDArray[np.float64] = mean_loss_N,
            planted_N: NDArray[np.bool_] = planted_N,
        ) -> object:
            return select(counts_N, 20, mean_loss_N=mean_loss_N, planted_N=planted_N, n_classes=10)

        (seconds,) = fastest(choose, n_repeats=9)
        measured.append({"n": n, "seconds": seconds, "budget_seconds": budget})
    return measured


def draw_planted(
    n: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Draw counts, mean losses and planted ones of n instances from a recorded run."""
    recorded = read_status_file(PLANTED_PANEL / PLANTED_SPEED_RUN)
    assert recorded.losses_EN is not None
    assert recorded.planted_N is not None
    rng = np.random.default_rng(0)
    n_planted = round(PLANTED_SHARE * n)
    planted, others = np.flatnonzero(recorded.planted_N), np.flatnonzero(~recorded.planted_N)
    drawn_N = np.concatenate([rng.choice(others, n - n_planted), rng.choice(planted, n_planted)])
    rng.shuffle(drawn_N)
    counts_N = misclassified_counts(recorded.packed_EK, recorded.n)[drawn_N].astype(np.int64)
    # A little apart, as the losses of different instances are: ties would be sorted faster.
    mean_loss_N = mean_of_epochs(recorded.losses_EN)[drawn_N] * rng.uniform(1.0, 1.001, n)
    return counts_N, mean_loss_N, recorded.planted_N[drawn_N]


def draw_counts(n: int) -> NDArray[np.int64]:
    """Draw n counts after 20 epochs, with replacement, from a recorded run on CIFAR-10."""
    with np.load(PANEL / SPEED_RUN, allow_pickle=False) as archive:
        counts_N = misclassified_counts(archive["status"], int(archive["n"]))
    return np.random.default_rng(0).choice(counts_N, size=n).astype(np.int64)


def time_library(counts_N: NDArray[np.int64]) -> float | None:
    """Time reliability's Weibull mixture; None where it is not installed or fails."""
    try:
        from reliability.Fitters import Fit_Weibull_Mixture
    except ImportError:
        return None
    start = time.perf_counter()
    Fit_Weibull_Mixture(
        failures=(counts_N + 0.5).tolist(), show_probability_plot=False, print_results=False
    )
    return time.perf_counter() - start


def fastest(*calls: Callable[[], object], n_repeats: int) -> list[float]:
    """Return the shortest timing of each call, taken in turns: the one least disturbed."""
    gc.collect()
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(n_repeats):
        for call, taken in zip(calls, seconds, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in seconds]
