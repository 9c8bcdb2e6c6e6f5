"""What a run or one of its rounds says about how far its selection can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mild.analysis.outcome import checked_run
from mild.analysis.rounds.before import left_by
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.analysis.trust.weigh import Evidence, Interval, LaterRounds, TrustNote, Unbelieved, weigh
from mild.core.selection.trust import ROUND_1_COULD_NOT
from mild.core.spot_check import SpotCheck
from mild.store.run import Run
from mild.store.schema import RoundRecord


def trust_in_run(run: Run) -> TrustNote | None:
    """Judge a whole run by its first round, which sees every image; None before that has ended.

    None as well for a run from before planted labels, which never asked.
    """
    if not (records := run.rounds()):
        return None
    later = LaterRounds(
        flagged_share=_flagged_share(records),
        unbelieved=_unbelieved(run, records),
        n_unbounded=_n_unbounded(records),
    )
    return trust_in_record(run, records[0], check=checked_run(run), later=later)


def _flagged_share(records: Sequence[RoundRecord]) -> float | None:
    """Return what several rounds flagged of all they judged; None of a single one.

    What a later round took back counts as flagged: that happens to a few.
    """
    if len(records) < 2:
        return None
    n_flagged = sum(item.trained_on - (item.planted or 0) - item.kept for item in records)
    return n_flagged / max(1, records[0].trained_on)


def _n_unbounded(records: Sequence[RoundRecord]) -> int:
    """Count what rounds after the first flagged, where nothing planted in that tells of it."""
    first = records[0]
    if first.noise_rate_low is not None and not estimates_mean_nothing(first):
        return 0
    return sum(max(0, item.trained_on - (item.planted or 0) - item.kept) for item in records[1:])


def _unbelieved(run: Run, records: Sequence[RoundRecord]) -> Unbelieved | None:
    """Find the first later round whose own fit would flag more than may be left."""
    for record in records[1:]:
        if record.would_flag is None:
            continue
        left = left_by(records[0], len(run.index(0)), len(run.index(record.round)))
        if left is None:
            continue
        at_most = math.ceil(left.high)
        if record.would_flag > at_most:
            return Unbelieved(number=record.round, would_flag=record.would_flag, at_most=at_most)
    return None


def trust_in_record(
    run: Run,
    record: RoundRecord,
    *,
    check: SpotCheck | None = None,
    later: LaterRounds | None = None,
) -> TrustNote | None:
    """Judge a finished round as its worker did; None where it never asked.

    `check` is what people measured of the images that it is about; `later` what is known of the
    rounds after the first, where it is about all of them.
    """
    if record.can_tell is None or record.can_tell_reason is None:
        return None
    vouched = _round_1_could_tell(run, record.round)
    note = weigh(
        Evidence(
            can_tell=record.can_tell and vouched,
            reason=record.can_tell_reason if vouched else ROUND_1_COULD_NOT,
            vouched=vouched,
            number=record.round,
            n_epochs=record.epochs,
            n_planted=record.planted or 0,
            planted_auroc=record.planted_auroc,
            noise_rate=record.noise_rate_estimate,
            noise_rate_interval=_interval(record.noise_rate_low, record.noise_rate_high),
            f1_interval=_interval(record.f1_low, record.f1_high),
            later=later,
            separated_best=record.separated_best,
            truth_known=record.precision is not None,
            check=check,
            **_of_network(run),
        )
    )
    return _said(run, note)


def told_of_round(records: Sequence[RoundRecord], number: int) -> str:
    """Say what a round, counted from 0, told of itself: its note, and what it can tell.

    A later one of a run whose first could not tell has nothing that vouches for it, whatever an
    earlier version wrote down.
    """
    record, first = records[number], records[0]
    reason = record.can_tell_reason or ""
    if number and first.can_tell is False and record.can_tell is not None:
        reason = ROUND_1_COULD_NOT
    told = [] if not number or reason in record.note else [reason]
    return " ".join(part for part in (record.note, *told) if part)


def trust_in_view(
    run: Run, number: int, view: RoundView, *, check: SpotCheck | None = None
) -> TrustNote:
    """Judge a round under way, or as if it had stopped early; more epochs help a whole one only."""
    selection = view.selection
    fit, estimate = selection.anchored, view.estimate(selection.cut)
    note = weigh(
        Evidence(
            can_tell=selection.trust.can_tell,
            reason=selection.trust.reason,
            vouched=_round_1_could_tell(run, number),
            number=number,
            n_epochs=view.n_epochs,
            n_planted=0 if view.planted_by_count is None else int(view.planted_by_count.sum()),
            planted_auroc=None if fit is None else fit.separation,
            noise_rate=selection.noise_rate_estimate,
            noise_rate_interval=None if fit is None else fit.noise_rate_interval,
            f1_interval=None if estimate is None else estimate.f1_flagged_interval,
            separated_best=view.separated_best,
            truth_known=view.truth_known,
            check=check,
            **_of_network(run),
        )
    )
    whole = view.n_epochs == run.config().rounds[number].epochs
    return _said(run, note if whole else replace(note, epochs=None))


def _round_1_could_tell(run: Run, number: int) -> bool:
    """Tell whether a later round, counted from 0, has one before it that could tell; True of that.

    Asked of the first round's record, since later ones of earlier versions did not ask.
    """
    return number == 0 or not (records := run.rounds()) or records[0].can_tell is not False


def _said(run: Run, note: TrustNote) -> TrustNote:
    """Say a note of what the instances of the run are."""
    noun = run.noun()
    return replace(note, told=noun.said(note.told), why=noun.said(note.why))


def _of_network(run: Run) -> dict[str, Any]:
    accuracies = [item.test_accuracy for item in run.epochs() if item.test_accuracy is not None]
    return {
        "accuracy": accuracies[-1] if accuracies else None,
        "n_classes": len(run.facts().get("class_names", ())),
    }


def _interval(low: float | None, high: float | None) -> Interval | None:
    return None if low is None or high is None else (low, high)
