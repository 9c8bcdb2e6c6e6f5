"""How good and how fast is selection? Judged on recorded training runs.

Every recorded sequence where nothing was planted is cut at a quarter, half and all of its epochs.
The judge is the F1 of the flagged set against the F1 of the best possible single cut; at zero
noise, the share kept. Recordings with planted labels: `benchmarks.select_planted`.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import select_planted
from mild.core.dynamics import counts_to_cells, misclassified_counts
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.evaluation import evaluate_cuts
from mild.core.mixture.continuous import ALTERNATIVES, fit_continuous
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.selection import make_rule, select, select_counts
from mild.store.status_file import read_status_file

PANEL = Path(__file__).parent / "panel"
RULES = ("expected-error", "noisy-scale", "noisy-mode")
SPEED_RUN = "cifar10-10k-sym40-e20.npz"
N_SMALL, N_LARGE = 50_000, 10_000_000
PLANTED_SPEED_RUN = "features-mlp512-memorizes-sym20-e20-planted10.npz"
N_RANKED = 1_000_000
PLANTED_SHARE = 0.03
PLANTED_BUDGETS = {N_SMALL: 0.05, N_RANKED: 0.5}
"""Seconds for ranks, fit and cut."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One recorded run after so many of its epochs."""

    file: str
    part: str
    """`E/4`, `E/2` or `E`."""
    n_epochs: int
    noise_rate: float
    noise_rate_estimate: float | None
    cut: float
    best_cut: int | None
    kept_share: float
    f1_flagged: float | None
    best_f1_flagged: float | None
    ratio: float | None
    """F1 over best F1; None without a mislabeled instance."""
    others: dict[str, float | None]
    """The same ratio (at zero noise: the share kept) for other rules and mixtures."""


def run(
    panel_dir: Path = PANEL,
    planted_dir: Path = select_planted.PANEL,
    *,
    speed: bool = True,
    library: bool = True,
) -> dict[str, Any]:
    """Judge selection on every .npz of two folders and, with `speed`, time it.

    Parameters
    ----------
    panel_dir
        Folder of recorded runs without planted labels, as `benchmarks/panel/README.md` describes.
    planted_dir
        Folder of recorded runs with some, as `benchmarks/panel-planted/README.md` describes.
    speed
        Also time the fit for N = 50,000 and N = 10,000,000, and with planted labels.
    library
        Also time the reliability library on the same 50,000 values (about half a minute).
    """
    rows = [row for path in sorted(panel_dir.glob("*.npz")) for row in judge(path)]
    return {
        "rows": [asdict(row) for row in rows],
        "summary": summarize(rows),
        "planted": judge_all_planted(planted_dir),
        "speed": time_fits(library=library) if speed else None,
        "planted_speed": time_planted() if speed else None,
    }


def judge_all_planted(planted_dir: Path) -> dict[str, Any]:
    """Every recording with planted labels, and a summary of each way to look at them."""
    found = sorted(planted_dir.glob("*.npz"))
    rows = [row for path in found for row in select_planted.judge_planted(path)]
    return {
        "rows": [asdict(row) for row in rows],
        "summary": {
            part: select_planted.summarize([row for row in rows if row.part == part])
            for part in select_planted.PARTS
        },
    }


def judge(path: Path) -> Iterator[Row]:
    """The rows of one recorded run."""
    with np.load(path, allow_pickle=False) as archive:
        packed_EK, n = archive["status"], int(archive["n"])
        mislabeled_N = archive["given"] != archive["clean"]
    for part, divisor in (("E/4", 4), ("E/2", 2), ("E", 1)):
        n_epochs = len(packed_EK) // divisor
        counts_N = misclassified_counts(packed_EK, n, n_epochs=n_epochs)
        clean_C = counts_to_cells(counts_N[~mislabeled_N], n_epochs)
        wrong_C = counts_to_cells(counts_N[mislabeled_N], n_epochs)
        yield _row(path.stem, part, clean_C, wrong_C)


def summarize(rows: list[Row]) -> dict[str, float | None]:
    """The figures the targets are about."""
    late = [row for row in rows if row.part != "E/4"]
    noisy = [row for row in late if row.noise_rate >= 0.12 and row.ratio is not None]
    ratios = [(row.n_epochs, float(row.ratio or 0.0)) for row in noisy]
    low = [
        float(row.ratio or 0.0)
        for row in late
        if 0.0 < row.noise_rate < 0.12 and row.n_epochs >= 20
    ]
    zero = [row.kept_share for row in late if row.noise_rate == 0.0]
    return {
        "mean_ratio_at_20_percent_and_more": _mean([r for _, r in ratios]),
        "lowest_ratio_from_10_epochs": min((r for e, r in ratios if e >= 10), default=None),
        "lowest_ratio_below_10_epochs": min((r for e, r in ratios if e < 10), default=None),
        "lowest_ratio_at_2_to_5_percent": min(low, default=None),
        "lowest_kept_share_at_zero_noise": min(zero, default=None),
    }


def time_fits(*, library: bool) -> dict[str, float | None]:
    """Seconds of our fit for two numbers of instances, and of the library on the same values."""
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
    """Seconds of ranks, fit and cut with 3 % planted labels, drawn from a recorded run."""
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
    """Counts, mean losses and planted ones of n instances, drawn from a recorded run."""
    recorded = read_status_file(select_planted.PANEL / PLANTED_SPEED_RUN)
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
    """Seconds of reliability's Weibull mixture; None where it is not installed or fails."""
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
    """The shortest timing of each call, taken in turns: the one least disturbed."""
    gc.collect()
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(n_repeats):
        for call, taken in zip(calls, seconds, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in seconds]


def _row(file: str, part: str, clean_C: NDArray[np.int64], wrong_C: NDArray[np.int64]) -> Row:
    n_C, table = clean_C + wrong_C, evaluate_cuts(clean_C, wrong_C)
    selection = select_counts(n_C)
    any_wrong = bool(wrong_C.any())
    best = int(np.argmax(table.f1_flagged)) if any_wrong else None

    def judged(cut: float) -> float | None:
        cut = int(cut)  # from counts alone every cut is a whole number
        if best is None:
            return float(n_C[:cut].sum() / n_C.sum())
        top = float(table.f1_flagged[best])
        return float(table.f1_flagged[cut]) / top if top > 0.0 else None

    others = {rule: judged(select_counts(n_C, rule=make_rule(rule)).cut) for rule in RULES[1:]}
    others |= {name: judged(fit_continuous(n_C, name=name).cut) for name in ALTERNATIVES}
    return Row(
        file=file,
        part=part,
        n_epochs=len(n_C) - 1,
        noise_rate=float(wrong_C.sum() / n_C.sum()),
        noise_rate_estimate=selection.noise_rate_estimate,
        cut=selection.cut,
        best_cut=best,
        kept_share=selection.n_kept / float(n_C.sum()),
        f1_flagged=float(table.f1_flagged[int(selection.cut)]) if any_wrong else None,
        best_f1_flagged=None if best is None else float(table.f1_flagged[best]),
        ratio=judged(selection.cut) if any_wrong else None,
        others=others,
    )


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
