"""What earlier rounds tell a later one: how many labels round 1 leaves to be wrong."""

from __future__ import annotations

from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.config import SelectionConfig
from mild.core.selection.left import Before, Left, left_after
from mild.store.run import Run
from mild.store.schema import RoundRecord


def before_round(run: Run, number: int, settings: SelectionConfig) -> Before | None:
    """Gather what is known before a round, counted from 0, judges; None before the first.

    What round 1 recorded is read, so the same follows after a break, and on pages.
    """
    if number == 0:
        return None
    records = run.rounds()
    if not records:
        return Before(can_tell=True, bounded=False)
    first = records[0]
    return Before(
        can_tell=first.can_tell is not False,
        left=left_by(first, len(run.index(0)), len(run.index(number))),
        bounded=settings.later_rounds == "bounded",
    )


def left_by(first: RoundRecord, n: int, n_here: int) -> Left | None:
    """Count the wrong labels of a round of `n_here` of `n` instances, by the first round's record.

    None where labels planted there tell nothing of the mistakes.
    """
    rate, low, high = first.noise_rate_estimate, first.noise_rate_low, first.noise_rate_high
    if estimates_mean_nothing(first) or rate is None or low is None or high is None:
        return None
    return left_after(
        n,
        _share(rate),
        (_share(low), _share(high)),
        n_flagged=max(0, first.trained_on - (first.planted or 0) - first.kept),
        f1=_share(first.f1_estimate or 0.0),
        n_gone=n - n_here,
    )


def _share(value: float) -> float:
    """Bring a number that anybody may have written into a record within 0 to 1."""
    return min(1.0, max(0.0, value))
