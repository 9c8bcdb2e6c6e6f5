"""Which kept instances of a class a network saw most like a given one.

Axes: E epochs of a round, C classes, K candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import MeasuredInstances
from mild.store.run import Run

N_NEAREST = 3
MOST_COMPARED = 20_000
"""Candidates of a class; of more, evenly spaced ones are compared."""
BY_PROBABILITIES = "by the probabilities of the last epoch"
BY_PREDICTIONS = "by the predictions over the epochs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearest:
    """The nearest kept instances of some classes."""

    by: str
    """What was compared: BY_PROBABILITIES or BY_PREDICTIONS."""
    number: int
    """The round whose network compared them, counted from 0."""
    of_class: dict[int, tuple[int, ...]]
    """Label -> indices, nearest first."""


def nearest_kept(
    run: Run, measured: MeasuredInstances, index: int, labels: Sequence[int]
) -> Nearest:
    """Find the kept instances, given each of `labels`, that are nearest to the one at `index`.

    Distances are of the round that measured the instance: between the probabilities of its last
    epoch where they are on record, else the share of its epochs with another predicted label.
    """
    number = int(measured.round_A[index])
    own_E = _predictions_of(run, measured, index, number)
    slot = -1 if measured.held_out_A[index] else int(measured.slot_RA[number][index])
    probabilities_NC = run.probabilities(number) if slot >= 0 else None
    of_class = {}
    for label in dict.fromkeys(labels):
        candidate_K = _candidates(measured, index, label, number)
        slot_K = measured.slot_RA[number][candidate_K]
        predictions_EN = run.predictions(number)[: len(own_E)]
        distance_K = (np.asarray(predictions_EN[:, slot_K]) != own_E[:, None]).mean(axis=0)
        keys: tuple[npt.NDArray[Any], ...] = (candidate_K, distance_K)
        if probabilities_NC is not None:
            keys = (*keys, _apart(probabilities_NC, slot_K, slot))
        nearest = candidate_K[np.lexsort(keys)[:N_NEAREST]]
        of_class[label] = tuple(int(item) for item in nearest)
    by = BY_PREDICTIONS if probabilities_NC is None else BY_PROBABILITIES
    return Nearest(by=by, number=number, of_class=of_class)


def _candidates(
    measured: MeasuredInstances, index: int, label: int, number: int
) -> npt.NDArray[np.int64]:
    fitting_A = (measured.given_A == label) & ~measured.flagged_A & ~measured.held_out_A
    fitting_A &= measured.slot_RA[number] >= 0
    fitting_A[index] = False
    candidate_K = np.flatnonzero(fitting_A)
    return candidate_K[:: -(-len(candidate_K) // MOST_COMPARED) or 1]


def _apart(
    probabilities_NC: npt.NDArray[Any], slot_K: npt.NDArray[Any], slot: int
) -> npt.NDArray[np.float32]:
    """Return Euclidean distances, shape (K,)."""
    own_C = probabilities_NC[slot].astype(np.float32)
    others_KC = probabilities_NC[slot_K].astype(np.float32)
    return np.asarray(np.linalg.norm(others_KC - own_C, axis=1))


def _predictions_of(
    run: Run, measured: MeasuredInstances, index: int, number: int
) -> npt.NDArray[Any]:
    """Return what an instance was predicted as in each epoch, shape (E,)."""
    if not measured.held_out_A[index]:
        return np.asarray(run.predictions(number)[:, measured.slot_RA[number][index]])
    predictions_EM = run.held_out_predictions(number)
    assert predictions_EM is not None, "a held-out instance is judged by these"
    first = measured.n - int(measured.held_out_A.sum())
    return np.asarray(predictions_EM[:, index - first])
