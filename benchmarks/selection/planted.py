"""How good is selection where labels were planted? Judged on recorded rounds, truth known.

Each recording is judged with all it planted, with every third planted instance (the others drop
out), and after half of its epochs. The judge is F1 of the flagged set over the best F1 of any
single cut on the count, the mean loss or both; at zero noise, the share kept.

Legend: E epochs, N instances.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.selection.prototype_cut import prototype_cut
from mild.analysis.rounds.select_file import select_file
from mild.core.dynamics import misclassified_counts, pack_status, unpack_status
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.selection import DEFAULT, Selection, select
from mild.store.status_file import StatusFile, read_status_file

PARTS = ("all planted", "a third planted", "E/2")
SYSTEMATIC = "asym"
"""In the name of recordings whose classes were flipped as a whole: planting cannot imitate them."""
WORTH_FINDING = 0.03
"""Noise rate from which a run must not be called clean."""

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedRow:
    """One recording with some of its planted labels. Every figure leaves planted instances out."""

    file: str
    part: str
    """One of PARTS."""
    n: int
    n_planted: int
    n_epochs: int
    noise_rate: float
    noise_rate_estimate: float | None
    noise_rate_interval: tuple[float, float] | None
    cut: float
    kept_share: float
    f1_flagged: float | None
    best_f1_flagged: float | None
    """Of any single cut on count, mean loss or the refined metric, after these epochs."""
    ratio: float | None
    """F1 over best F1; None without a mislabeled instance."""
    f1_estimate: float | None
    f1_interval: tuple[float, float] | None
    f1_within: bool | None
    """Whether the true F1 lies in the interval; None without a mislabeled instance."""
    can_tell: bool
    can_tell_reason: str
    without_planting: float | None
    """The ratio (at zero noise: the share kept) of the default rule, had nothing been planted."""
    prototype: float | None
    """The same of thirty lines of code, on the mean loss."""

    @property
    def systematic(self) -> bool:
        """Whether whole classes were flipped."""
        return SYSTEMATIC in self.file


def judge_planted(path: Path) -> Iterator[PlantedRow]:
    """Return the rows of one recording, in the order of PARTS."""
    recorded = read_status_file(path)
    n_epochs = len(recorded.packed_EK)
    yield _row(path.stem, PARTS[0], recorded)
    yield _row(path.stem, PARTS[1], _with_a_third(recorded))
    yield _row(path.stem, PARTS[2], _after(recorded, n_epochs // 2))


def summarize(rows: list[PlantedRow]) -> dict[str, float | None]:
    """Return the figures the targets are about."""
    fair = [row for row in rows if not row.systematic]
    noisy = [row for row in fair if row.ratio is not None]
    errors = [
        abs(row.noise_rate_estimate - row.noise_rate)
        for row in fair
        if row.noise_rate_estimate is not None
    ]
    return {
        "mean_ratio": _mean([row.ratio for row in noisy]),
        "lowest_ratio": min((row.ratio or 0.0 for row in noisy), default=None),
        "lowest_kept_share_at_zero_noise": min(
            (row.kept_share for row in fair if row.ratio is None), default=None
        ),
        "mean_noise_rate_error": _mean(errors),
        "largest_noise_rate_error": max(errors, default=None),
        "share_with_true_f1_in_interval": _mean([row.f1_within for row in noisy]),
        "share_with_true_noise_rate_in_interval": _mean([_rate_within(row) for row in fair]),
        "runs_wrongly_called_clean": sum(
            row.noise_rate >= WORTH_FINDING and row.kept_share > 1.0 - WORTH_FINDING / 10.0
            for row in rows
        ),
        "systematic_told_or_ratio_of_80_percent": _mean(
            [not row.can_tell or (row.ratio or 0.0) >= 0.8 for row in rows if row.systematic]
        ),
        "can_tell_elsewhere": _mean([row.can_tell for row in fair]),
        "mean_ratio_without_planting": _mean([row.without_planting for row in noisy]),
        "mean_ratio_of_prototype": _mean([row.prototype for row in noisy]),
    }


def _with_a_third(recorded: StatusFile) -> StatusFile:
    planted_N = _planted(recorded)
    chosen_N = ~planted_N
    chosen_N[np.flatnonzero(planted_N)[::3]] = True
    status_EN = unpack_status(recorded.packed_EK, recorded.n)[:, chosen_N]
    by_instance = ("given_N", "clean_N", "planted_N", "losses_EN", "predictions_EN")
    arrays = {name: getattr(recorded, name) for name in by_instance}
    chosen: dict[str, Any] = {
        name: None if array is None else array[..., chosen_N] for name, array in arrays.items()
    }
    packed_EK = pack_status(status_EN)
    return replace(recorded, packed_EK=packed_EK, n=int(chosen_N.sum()), margins_EN=None, **chosen)


def _after(recorded: StatusFile, n_epochs: int) -> StatusFile:
    by_epoch = ("packed_EK", "losses_EN", "margins_EN", "predictions_EN")
    arrays = {name: getattr(recorded, name) for name in by_epoch}
    first: dict[str, Any] = {
        name: None if array is None else array[:n_epochs] for name, array in arrays.items()
    }
    return replace(recorded, **first)


def _row(file: str, part: str, recorded: StatusFile) -> PlantedRow:
    selection = select_file(recorded, DEFAULT)
    judged_N = ~_planted(recorded)
    wrong_M = _wrong(recorded)[judged_N]
    kept_N, estimate = selection.kept_N, selection.estimate
    assert kept_N is not None
    best = max(best_f1(score_N[judged_N], wrong_M) for score_N in _scores(recorded, selection))
    f1 = f1_of(~kept_N[judged_N], wrong_M) if wrong_M.any() else None
    interval = None if estimate is None else estimate.f1_flagged_interval
    within = None
    if f1 is not None and interval is not None:
        within = interval[0] <= f1 <= interval[1]
    without_N, prototype_N = _flagged_by_others(recorded, judged_N)

    def judged(flagged_M: BoolArray) -> float:
        return f1_of(flagged_M, wrong_M) / best if wrong_M.any() else 1.0 - float(flagged_M.mean())

    return PlantedRow(
        file=file,
        part=part,
        n=int(judged_N.sum()),
        n_planted=int((~judged_N).sum()),
        n_epochs=selection.n_epochs,
        noise_rate=float(wrong_M.mean()),
        noise_rate_estimate=selection.noise_rate_estimate,
        noise_rate_interval=None if estimate is None else estimate.noise_rate_interval,
        cut=selection.cut,
        kept_share=float(kept_N[judged_N].mean()),
        f1_flagged=f1,
        best_f1_flagged=best if wrong_M.any() else None,
        ratio=None if f1 is None else f1 / best,
        f1_estimate=None if estimate is None else estimate.f1_flagged,
        f1_interval=interval,
        f1_within=within,
        can_tell=selection.trust.can_tell,
        can_tell_reason=selection.trust.reason,
        without_planting=judged(without_N),
        prototype=judged(prototype_N),
    )


def best_f1(score_M: FloatArray, wrong_M: BoolArray) -> float:
    """Return F1 of the flagged set at the best possible cut; equal scores stay together."""
    order_M = np.argsort(-score_M)
    sorted_M, found_M = score_M[order_M], np.cumsum(wrong_M[order_M])
    last_of_tie_M = np.append(sorted_M[1:] != sorted_M[:-1], True)
    f1_M = 2.0 * found_M / (np.arange(1, wrong_M.size + 1) + max(int(wrong_M.sum()), 1))
    return float(f1_M[last_of_tie_M].max())


def f1_of(flagged_M: BoolArray, wrong_M: BoolArray) -> float:
    """Return F1 of a flagged set; 0 where nothing is flagged."""
    return float(2.0 * (flagged_M & wrong_M).sum() / max(flagged_M.sum() + wrong_M.sum(), 1))


def _scores(recorded: StatusFile, selection: Selection) -> list[FloatArray]:
    assert selection.score_N is not None
    assert recorded.losses_EN is not None
    counts_N = misclassified_counts(recorded.packed_EK, recorded.n).astype(np.float64)
    return [counts_N, mean_of_epochs(recorded.losses_EN), selection.score_N]


def _flagged_by_others(recorded: StatusFile, judged_N: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Flag by the default rule without planted labels, and by the prototype."""
    assert recorded.losses_EN is not None
    counts_N = misclassified_counts(recorded.packed_EK, recorded.n)
    alone = select(counts_N[judged_N], len(recorded.packed_EK))
    assert alone.kept_N is not None
    mean_loss_N = mean_of_epochs(recorded.losses_EN)
    cut = prototype_cut(mean_loss_N, ~judged_N)
    return ~alone.kept_N, mean_loss_N[judged_N] >= cut


def _planted(recorded: StatusFile) -> BoolArray:
    if recorded.planted_N is None:
        return np.zeros(recorded.n, dtype=np.bool_)
    return recorded.planted_N


def _wrong(recorded: StatusFile) -> BoolArray:
    assert recorded.given_N is not None
    assert recorded.clean_N is not None
    return np.asarray(recorded.given_N != recorded.clean_N)


def _rate_within(row: PlantedRow) -> bool | None:
    if row.noise_rate_interval is None:
        return None
    low, high = row.noise_rate_interval
    return low <= row.noise_rate <= high


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None and not math.isnan(value)]
    return float(np.mean(known)) if known else None
