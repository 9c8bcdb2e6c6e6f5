"""The whole training set as the finished rounds see it: how suspicious is each instance, and why.

Legend: A instances of the training set by index, N instances of a round by slot, E epochs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.predictions import NO_OTHER, most_frequent_other_prediction
from mild.errors import RunError
from mild.store.run import Run
from mild.store.schema import RoundRecord

IntArray = npt.NDArray[np.integer[Any]]
FloatArray = npt.NDArray[np.float64]

NEVER = -1
"""The round that dropped an instance which is still kept; the first memorized epoch of one that
never was memorized."""
BLOCK = 1 << 16
"""Instances whose predictions are held in memory at once."""
RECORDED = ("first_memorized_epoch", "forgetting_events", "mean_loss", "aum")


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredInstances:
    """One entry per instance, in data-set order; every array has shape (A,).

    An instance is measured by the latest finished round that trained on it: the round that dropped
    it, or the last one. More suspicious is who was dropped in an earlier round; within a round,
    who was misclassified in more epochs. Where rounds may take back what an earlier one dropped,
    an instance that was taken back counts as kept.
    """

    n_rounds: int
    """Rounds that have their selection."""
    class_names: tuple[str, ...]
    names_A: npt.NDArray[np.object_]
    given_A: IntArray
    clean_A: IntArray | None
    """None where clean labels are unknown."""
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
    """The round that dropped it for good, counted from 0, or NEVER (-1)."""
    score_A: FloatArray
    """0 to 1, lower means more likely wrong: one band per round that dropped, the earliest lowest,
    the kept highest; within a band the share of epochs in which it was memorized."""
    slot_RA: tuple[npt.NDArray[np.int32], ...]
    """Per round, each instance's slot; -1 where the round did not train on it."""

    @property
    def n(self) -> int:
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
    run: Run, *, n_rounds: int | None = None, cut: float | None = None
) -> MeasuredInstances:
    """Measure every instance by the rounds that have their selection.

    Parameters
    ----------
    n_rounds
        Take the first so many, as if no other had finished; all of them when None.
    cut
        Of the last of these rounds, in place of the run's own: instances misclassified in so many
        epochs or more are flagged.

    Raises
    ------
    RunError
        If no round has its selection yet, or a file is damaged.
    """
    records = run.rounds()[:n_rounds]
    n_rounds = len(records)
    if n_rounds == 0:
        raise RunError(
            f"run {run.run_id}: no round has its selection yet, so no instance is measured; "
            "wait for the first round, or train again."
        )
    instances = run.instances()
    columns = _Columns(len(instances.given_N))
    for record in records:
        _add_round(run, record, cut if record is records[-1] else None, instances.given_N, columns)
    for number in range(n_rounds):
        _add_suggestions(run, number, instances.given_N, columns)
    band_A = np.where(columns.dropped_A == NEVER, n_rounds, columns.dropped_A)
    memorized_A = 1 - columns.misclassified_A / np.maximum(1, columns.n_epochs_A)
    known = (instances.given_N, columns.suggested_A, instances.clean_N)
    return MeasuredInstances(
        n_rounds=n_rounds,
        class_names=_class_names(run, known),
        names_A=instances.names,
        given_A=instances.given_N,
        clean_A=instances.clean_N,
        suggested_A=columns.suggested_A,
        round_A=columns.round_A,
        n_epochs_A=columns.n_epochs_A,
        misclassified_A=columns.misclassified_A,
        first_memorized_epoch_A=columns.recorded["first_memorized_epoch"].astype(np.int32),
        forgetting_events_A=columns.recorded["forgetting_events"].astype(np.int32),
        mean_loss_A=columns.recorded["mean_loss"],
        aum_A=columns.recorded["aum"],
        dropped_A=columns.dropped_A,
        score_A=(band_A + memorized_A) / (n_rounds + 1),
        slot_RA=tuple(columns.slots),
    )


class _Columns:
    """What is filled in round after round; a later round overwrites an earlier one."""

    def __init__(self, n: int) -> None:
        self.suggested_A = np.zeros(n, dtype=np.int32)
        self.round_A, self.n_epochs_A, self.misclassified_A = np.zeros((3, n), dtype=np.int32)
        self.dropped_A = np.full(n, NEVER, dtype=np.int32)
        self.recorded = {name: np.full(n, np.nan) for name in RECORDED}
        self.slots: list[npt.NDArray[np.int32]] = []


def _add_round(
    run: Run, record: RoundRecord, cut: float | None, given_A: IntArray, columns: _Columns
) -> None:
    """The first `trained_on` slots were trained on; those after them, dropped before, watched."""
    number = record.round
    index_N, chosen, scores = run.index(number), run.selection(number), run.scores(number)
    trained = slice(0, record.trained_on)
    index_T = index_N[trained]
    slot_A = np.full(len(given_A), -1, dtype=np.int32)
    try:
        misclassified_N = chosen["misclassified"]
        kept_N = chosen["kept"] if cut is None else misclassified_N < cut
        columns.round_A[index_T] = number
        columns.n_epochs_A[index_T] = record.epochs
        columns.misclassified_A[index_T] = misclassified_N[trained]
        for name in RECORDED:
            columns.recorded[name][index_T] = scores[name][trained]
        newly_N = ~kept_N & (columns.dropped_A[index_N] == NEVER)
        columns.dropped_A[index_N[newly_N]] = number
        columns.dropped_A[index_N[kept_N]] = NEVER
        slot_A[index_N] = np.arange(len(index_N), dtype=np.int32)
    except (KeyError, IndexError, ValueError) as error:
        raise RunError(
            f"run {run.run_id}: the files of round {number + 1} do not fit together ({error}); "
            "copy them back from a copy of the run, or delete the run."
        ) from error
    columns.slots.append(slot_A)


def _add_suggestions(run: Run, number: int, given_A: IntArray, columns: _Columns) -> None:
    """For the instances that this round measured; predictions are read in blocks."""
    predictions_EN = run.predictions(number)
    mine = np.flatnonzero(columns.round_A == number)
    for start in range(0, len(mine), BLOCK):
        index = mine[start : start + BLOCK]
        slots = columns.slots[number][index]
        other = most_frequent_other_prediction(predictions_EN[:, slots], given_A[index]).label
        columns.suggested_A[index] = np.where(other == NO_OTHER, given_A[index], other)


def _class_names(run: Run, labels: tuple[IntArray | None, ...]) -> tuple[str, ...]:
    """As the data set has them; a label without a name is called by its number."""
    names = [str(name) for name in run.facts().get("class_names", [])]
    highest = max((int(item.max()) for item in labels if item is not None and item.size), default=0)
    return (*names, *map(str, range(len(names), highest + 1)))
