"""Judge selection on recorded runs without planted labels, after a part of their epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mild.core.dynamics import counts_to_cells, misclassified_counts
from mild.core.evaluation import evaluate_cuts
from mild.core.mixture.continuous import ALTERNATIVES, fit_continuous
from mild.core.selection import make_rule, select_counts

RULES = ("expected-error", "noisy-scale", "noisy-mode")


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


def judge(path: Path) -> Iterator[Row]:
    """Return the rows of one recorded run."""
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
    """Return the figures the targets are about."""
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
