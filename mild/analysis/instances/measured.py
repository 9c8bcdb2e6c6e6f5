"""Every instance as the finished rounds see it: how suspicious is it, and why.

Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.judged_round import JudgedRound, as_it_ended
from mild.analysis.instances.judged_round import so_far as judged_so_far
from mild.analysis.instances.measuring import (
    NEVER,
    Measurements,
    add_held_out,
    add_planted,
    add_round,
    add_suggestions,
)
from mild.data.dataset import UNKNOWN
from mild.errors import RunError
from mild.store.run import Instances, Run

__all__ = ["HELD_OUT", "NEVER", "TRAIN", "MeasuredInstances", "measure"]

TRAIN, HELD_OUT = "train", "held out"
"""What people read of the part of the data set that an instance is in."""

IntArray = npt.NDArray[np.integer[Any]]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredInstances:
    """One entry per instance, in data-set order; every array has shape (A,).

    An instance is measured by the latest finished round that trained on it with its given label:
    the round that dropped it, or the last one. More suspicious is who was dropped in an earlier
    round; within a round, who has the higher score: misclassified in more epochs, and of those
    misclassified equally often, with the larger mean loss. Where rounds may take back what an
    earlier one dropped, an instance that was taken back counts as kept.

    An instance that no round trained on with its given label is judged by what a network took it
    for: those held out, in the last finished round, and those planted in every round
    that had them, in the last of these. Their loss and margin are unknown (nan).
    """

    n_rounds: int
    """Rounds that have their selection, or are looked at as if they had."""
    cut: float
    """Of the last of these rounds."""
    class_names: tuple[str, ...]
    names_A: npt.NDArray[np.object_]
    given_A: IntArray
    clean_A: IntArray | None
    """None where clean labels are unknown; UNKNOWN (-1) where only that of a held-out one is."""
    suggested_A: IntArray
    """What the network took the instance for most often other than its given label, in that round;
    the given label itself where it was memorized in every epoch."""
    round_A: IntArray
    """The round that measured it, counted from 0."""
    n_epochs_A: IntArray
    """Epochs of that round."""
    misclassified_A: IntArray
    """Epochs in which it was misclassified, 0 .. n_epochs."""
    first_memorized_epoch_A: IntArray
    """Counted from 1, or NEVER (-1)."""
    forgetting_events_A: IntArray
    mean_loss_A: FloatArray
    """Cross entropy of the given label in nats; higher means more likely wrong."""
    aum_A: FloatArray
    """Area under the margin; lower means more likely wrong."""
    dropped_A: IntArray
    """The round that dropped it for good, counted from 0, or NEVER (-1); of a held-out instance
    that is flagged, the round that judged it."""
    score_A: FloatArray
    """0 to 1, lower means more likely wrong: one band per round that dropped, the earliest lowest,
    the kept highest; within a band by the round's score, or by the share of epochs that agreed with
    the given label."""
    slot_RA: tuple[npt.NDArray[np.int32], ...]
    """Per round, each instance's slot; -1 where the round did not train on it."""
    held_out_A: npt.NDArray[np.bool_]
    """Whether no round trained on it, because it is held out for accuracy."""
    planted_A: npt.NDArray[np.bool_]
    """Whether no round judged it that trained on its given label: each had planted another."""

    @property
    def n(self) -> int:
        """How many instances there are."""
        return len(self.given_A)

    @property
    def metric_A(self) -> IntArray:
        """Memorization minus forgetting difficulty, in epochs. Lower means more likely clean."""
        return np.asarray(2 * self.misclassified_A - self.n_epochs_A)

    @property
    def flagged_A(self) -> npt.NDArray[np.bool_]:
        """Whether a round dropped it and none took it back."""
        return np.asarray(self.dropped_A != NEVER)


def measure(
    run: Run,
    *,
    n_rounds: int | None = None,
    cut: float | None = None,
    so_far: bool = False,
) -> MeasuredInstances:
    """Measure every instance by the rounds that have their selection.

    Parameters
    ----------
    n_rounds
        Take the first so many, as if no other had finished; all of them when None.
    cut
        Of the last of these rounds, in place of the run's own: instances with this score or more
        are flagged. A whole number is one of epochs misclassified.
    so_far
        Take the round after these as well, as if it had ended with the epochs it has so far; it is
        the last of these rounds then.

    Raises
    ------
    RunError
        If no round has its selection yet, or a file is damaged.
    """
    rounds = _judged(run, n_rounds, so_far=so_far)
    n_rounds = len(rounds)
    judge = _judge_by(run, n_rounds)
    everybody = _everybody(run, with_held_out=judge is not None)
    n_trained = len(run.instances().given_N)
    columns = _filled(run, rounds, cut, everybody)
    if judge is not None:
        add_held_out(run, judge, n_trained, columns)
    band_A = np.where(columns.dropped_A == NEVER, n_rounds, columns.dropped_A)
    known = (everybody.given_N, columns.suggested_A, everybody.clean_N)
    held_out_A = np.arange(len(everybody.given_N)) >= n_trained
    return MeasuredInstances(
        n_rounds=n_rounds,
        cut=rounds[-1].cut if cut is None else cut,
        class_names=_class_names(run, known),
        names_A=everybody.names,
        given_A=everybody.given_N,
        clean_A=everybody.clean_N,
        suggested_A=columns.suggested_A,
        round_A=columns.round_A,
        n_epochs_A=columns.n_epochs_A,
        misclassified_A=columns.misclassified_A,
        first_memorized_epoch_A=columns.recorded["first_memorized_epoch"].astype(np.int32),
        forgetting_events_A=columns.recorded["forgetting_events"].astype(np.int32),
        mean_loss_A=columns.recorded["mean_loss"],
        aum_A=columns.recorded["aum"],
        dropped_A=columns.dropped_A,
        score_A=(band_A + columns.trust_A) / (n_rounds + 1),
        slot_RA=tuple(columns.slots),
        held_out_A=held_out_A,
        planted_A=~columns.judged_A & ~held_out_A,
    )


def _filled(
    run: Run, rounds: list[JudgedRound], cut: float | None, everybody: Instances
) -> Measurements:
    """Fill the columns of what rounds measured, one round after the other."""
    columns = Measurements(everybody.given_N)
    for judged in rounds:
        add_round(run, judged, cut if judged is rounds[-1] else None, columns)
    for number in range(len(rounds)):
        add_suggestions(run, number, columns)
        add_planted(run, rounds[number], columns)
    return columns


def _judged(run: Run, n_rounds: int | None, *, so_far: bool) -> list[JudgedRound]:
    rounds = [as_it_ended(run, record) for record in run.rounds()[:n_rounds]]
    if so_far:
        rounds.append(judged_so_far(run, len(rounds)))
    if not rounds:
        raise RunError(
            f"run {run.run_id}: no round has its selection yet, so no instance is measured; "
            "wait for the first round, or train again."
        )
    return rounds


def _judge_by(run: Run, n_rounds: int) -> int | None:
    """Find the round that judges the held-out part: the last that recorded it; None without one.

    The network of a later round learned from cleaner labels. On digits, 359 held out, with 20 and
    45 % wrong labels in training and 5 to 40 % in the held-out part, F1 was .82 to 1.00 by the last
    round and .62 to .99 by the first.
    """
    return next((k for k in reversed(range(n_rounds)) if _recorded(run, k)), None)


def _recorded(run: Run, number: int) -> bool:
    return run.held_out_predictions(number) is not None


def _everybody(run: Run, *, with_held_out: bool) -> Instances:
    """Put the held-out part after the training set."""
    train, held_out = run.instances(), run.held_out() if with_held_out else None
    if held_out is None:
        return train
    clean_A = None
    if train.clean_N is not None:
        unknown_M = np.full(len(held_out.given_N), UNKNOWN, dtype=train.clean_N.dtype)
        more_M = unknown_M if held_out.clean_N is None else held_out.clean_N
        clean_A = np.concatenate([train.clean_N, more_M])
    return Instances(
        given_N=np.concatenate([train.given_N, held_out.given_N]),
        clean_N=clean_A,
        names=np.concatenate([train.names, held_out.names]),
    )


def _class_names(run: Run, labels: tuple[IntArray | None, ...]) -> tuple[str, ...]:
    """Name classes as the data set does; one without a name is called by its number."""
    names = [str(name) for name in run.facts().get("class_names", [])]
    highest = max((int(item.max()) for item in labels if item is not None and item.size), default=0)
    return (*names, *map(str, range(len(names), highest + 1)))
