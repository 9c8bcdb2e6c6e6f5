"""What runs came to, epoch by epoch and round by round, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mild.analysis.learning import Curves
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.store.run import Run
from mild.store.schema import RoundRecord

Line = tuple[list[int], list[float | None]]
"""Epochs or rounds, counted from 1, and a value for each; None where it is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """Something that a round has one value of."""

    name: str
    help: str
    of_round: Callable[[RoundRecord, int | None], float | None]
    """Given the record and the number of images of the run."""


def kept_share(record: RoundRecord, n: int | None) -> float | None:
    """Return the share kept of all images but what the round planted and does not judge."""
    return None if n is None else record.kept / max(1, n - (record.planted or 0))


MEASURES = (
    Measure(
        name="F1 of flagged",
        help="How well the flagged images are the mislabeled ones, where clean labels are known.",
        of_round=lambda record, _: record.f1_flagged,
    ),
    Measure(
        name="Kept share", help="Of all images, after the round.",
        of_round=kept_share,
    ),
    Measure(
        name="Estimated noise rate",
        help="Share of wrong labels among the images that the round trained on.",
        of_round=lambda record, _: (
            None if estimates_mean_nothing(record) else record.noise_rate_estimate
        ),
    ),
    Measure(
        name="Planted separation",
        help="AUROC by which planted labels are told from clean ones: .5 is a guess. Above .7 a "
        "cut can be trusted.",
        of_round=lambda record, _: record.planted_auroc,
    ),
)  # fmt: skip


def by_round(run: Run, measure: Measure) -> Line:
    """List the value of every finished round."""
    records, n = run.rounds(), run.facts().get("n_instances")
    return (
        [record.round + 1 for record in records],
        [measure.of_round(record, n) for record in records],
    )


def accuracy_by_epoch(run: Run) -> Line:
    """List accuracy on the held-out part, after every epoch of all rounds and final stage."""
    return _by_epoch([item.test_accuracy for item in run.epochs()])


def of_group(curves: Curves, names: Sequence[str]) -> Line:
    """Take the first of these groups that a run has; nothing where it has none."""
    found = next((curves[name] for name in names if name in curves), [])
    return _by_epoch([None if math.isnan(value) else value for value in found])


def is_known(line: Line) -> bool:
    """Whether there is anything to draw."""
    return any(value is not None for value in line[1])


def _by_epoch(values: Sequence[float | None]) -> Line:
    return list(range(1, len(values) + 1)), list(values)
