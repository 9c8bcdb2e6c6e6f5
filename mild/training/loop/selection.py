"""The end of a round: the rule proposes a cut, and a person may give another."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from mild.analysis.rounds.judging import Judged, judge
from mild.config import SelectionConfig
from mild.store.review.cuts import given_cut
from mild.store.run import Run
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime.context import TrainingContext

POLL_SECONDS = 0.5
"""How often a waiting run looks whether its cut was given."""


def commit_selection(
    context: TrainingContext,
    run: Run,
    number: int,
    n_trained: int,
    prepared: Prepared,
    away: Callable[[], AbstractContextManager[None]],
) -> None:
    """Select among the instances of a round and commit it.

    A cut given by a person goes before the rule's. Where the run is to wait for one, it does so
    with the rule's proposal written down, `away` from its device. Of several processes the first
    decides; the others are told what it kept, and wait for that.
    """
    if not context.ranks.first:
        return
    settings = context.config.selection

    def by(rule: SelectionConfig) -> Judged:
        return judge(
            run,
            number,
            rule,
            given_A=prepared.given_N,
            clean_A=prepared.clean_N,
            seconds=sum(item.seconds for item in run.epochs() if item.stage == number),
            n_trained=n_trained,
        )

    judged = proposal = by(settings)
    cut = given_cut(run.folder, number)
    if cut is None:
        cut = (settings.cuts or {}).get(number)
    if cut is None and settings.wait:
        cut = _ask(context, run, number, proposal, away)
    if cut is not None:
        context.writer.given_cut(number, cut)
        judged = by(SelectionConfig.model_validate({"rule": "manual", "cut": cut}))
        judged = replace(judged, record=replace(judged.record, note=_note(judged, proposal)))
    context.writer.end_round(judged.record, scores=judged.scores, selection=judged.arrays)


def _ask(
    context: TrainingContext,
    run: Run,
    number: int,
    proposal: Judged,
    away: Callable[[], AbstractContextManager[None]],
) -> float:
    """Write the proposal down, and wait for a person's cut."""
    context.writer.propose(number, scores=proposal.scores, selection=proposal.arrays)
    context.writer.set_state("waiting", _question(number, proposal))
    with away():
        cut = _wait(context, run, number)
    context.writer.set_state("selecting", f"Round {number + 1}: the cut is given.")
    return cut


def _wait(context: TrainingContext, run: Run, number: int) -> float:
    while (cut := given_cut(run.folder, number)) is None:
        context.stop.check_here()
        context.writer.keep()
        time.sleep(POLL_SECONDS)
    return cut


def _question(number: int, proposal: Judged) -> str:
    cut, n_judged = proposal.selection.cut, proposal.selection.n_kept + proposal.selection.n_flagged
    return (
        f"Round {number + 1}: the rule proposes the cut {cut:.4g}, which keeps "
        f"{proposal.selection.n_kept:,} of {n_judged:,}. Give it, or another, on the "
        "selection page."
    )


def _note(judged: Judged, proposal: Judged) -> str:
    record = proposal.record
    said = f"This cut was set by a person; the rule {record.rule} proposed {record.cut:.4g}."
    return " ".join(part for part in (said, judged.record.note) if part)
