"""How one instance was learned: what it was predicted as in each epoch of each round.

Axes: E epochs of a round.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from mild.analysis.instances.measured import MeasuredInstances
from mild.store.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnedInRound:
    """One instance in one round."""

    number: int
    """Of the round, counted from 0."""
    predicted_E: tuple[int, ...]
    """The predicted label after each epoch."""
    label: int
    """The label that status is about: the given one, or another where that was planted."""
    planted: bool

    @property
    def epochs_by_label(self) -> list[tuple[int, int]]:
        """Predicted label and the number of its epochs, the most frequent first."""
        return Counter(self.predicted_E).most_common()


def learned(run: Run, measured: MeasuredInstances, index: int) -> tuple[LearnedInRound, ...]:
    """List every round that recorded the instance, in order."""
    found = (_in_round(run, measured, index, number) for number in range(measured.n_rounds))
    return tuple(item for item in found if item is not None)


def _in_round(
    run: Run, measured: MeasuredInstances, index: int, number: int
) -> LearnedInRound | None:
    given = int(measured.given_A[index])
    if measured.held_out_A[index]:
        predictions_EM = run.held_out_predictions(number)
        if predictions_EM is None:
            return None
        first = measured.n - int(measured.held_out_A.sum())
        return _learned(number, predictions_EM[:, index - first], given, planted=False)
    slot = int(measured.slot_RA[number][index])
    if slot < 0:
        return None
    planted = run.planted(number)
    place = np.flatnonzero(planted.slot_P == slot)
    label = int(planted.label_P[place[0]]) if len(place) else given
    return _learned(number, run.predictions(number)[:, slot], label, planted=bool(len(place)))


def _learned(number: int, predicted_E: np.ndarray, label: int, *, planted: bool) -> LearnedInRound:
    predicted = tuple(int(value) for value in predicted_E)
    return LearnedInRound(number=number, predicted_E=predicted, label=label, planted=planted)
