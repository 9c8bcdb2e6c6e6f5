"""What a round says of its instances: as it ended, or by the epochs that it has so far.

Axes: N instances of the round by slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mild.analysis.instances.unjudged import trained_on_next
from mild.analysis.rounds.judging import judge
from mild.store.run import Run
from mild.store.schema import RoundRecord

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedRound:
    """A round with its selection."""

    number: int
    """Counted from 0."""
    epochs: int
    trained_on: int
    """The first slots, which it trained on; those after them it watched."""
    cut: float
    """Of the run's own rule, or of who was asked."""
    chosen: Arrays
    """`kept`, `misclassified`, and where they are on record `score` and `planted`; shape (N,)."""
    scores: Arrays
    """`first_memorized_epoch`, `forgetting_events`, `mean_loss`, `aum`; shape (N,)."""


def as_it_ended(run: Run, record: RoundRecord) -> JudgedRound:
    """Read a finished round."""
    return JudgedRound(
        number=record.round,
        epochs=record.epochs,
        trained_on=record.trained_on,
        cut=record.cut,
        chosen=run.selection(record.round),
        scores=run.scores(record.round),
    )


def so_far(run: Run, number: int) -> JudgedRound:
    """Judge a round, counted from 0, by its committed epochs, as if it had ended with them."""
    n_trained = len(trained_on_next(run, number - 1)) if number else None
    judged = judge(
        run,
        number,
        run.config().selection,
        given_A=run.instances().given_N,
        clean_A=None,
        seconds=0.0,
        n_trained=n_trained,
    )
    record = judged.record
    return JudgedRound(
        number=number,
        epochs=record.epochs,
        trained_on=record.trained_on,
        cut=record.cut,
        chosen=judged.arrays,
        scores=judged.scores,
    )
