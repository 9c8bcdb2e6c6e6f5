"""Which kept instances of a class a network saw most like a given one.

Axes: E epochs of a round, C classes, K candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import MeasuredInstances
from mild.store.run import Run

N_NEAREST = 3
MOST_COMPARED = 20_000
"""Candidates of a class; of more, evenly spaced ones are compared."""
BY_FEATURES = "by the features of round {}"
BY_PROBABILITIES = "by the probabilities of the last epoch of round {}"
BY_PREDICTIONS = "by the predictions over the epochs of round {}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearest:
    """The nearest kept instances of some classes."""

    by: str
    """What was compared, and in which round."""
    of_class: dict[int, tuple[int, ...]]
    """Label -> indices, nearest first."""


def nearest_kept(
    run: Run, measured: MeasuredInstances, index: int, labels: Sequence[int]
) -> Nearest:
    """Find the kept instances, given each of `labels`, that are nearest to the one at `index`.

    By the network's features where the first round has recorded who is near whom. Only the nearest
    few of all classes are on record: others follow by the round that measured the instance, by the
    probabilities of its last epoch where they are on record, else by the share of its epochs with
    another predicted label.
    """
    by_features = _by_features(run, measured, index)
    by, others = _by_outputs(run, measured, index)
    of_class, n_found, n_other = {}, 0, 0
    for label in dict.fromkeys(labels):
        own = measured.given_A[by_features] == label
        found = by_features[own][:N_NEAREST].tolist()
        more = [item for item in others(label) if item not in found][: N_NEAREST - len(found)]
        of_class[label] = (*found, *more)
        n_found, n_other = n_found + len(found), n_other + len(more)
    if n_found:
        by = BY_FEATURES.format(1) + (f", others {by}" if n_other else "")
    return Nearest(by=by, of_class=of_class)


def _by_features(run: Run, measured: MeasuredInstances, index: int) -> npt.NDArray[np.int64]:
    """Indices of kept instances that are on record as near to one, nearest first."""
    nobody = np.empty(0, dtype=np.int64)
    neighbour_NK = run.neighbours(0).get("neighbour_NK") if run.rounds_begun() else None
    if neighbour_NK is None:
        return nobody
    index_N = np.asarray(run.index(0))
    (slots,) = np.nonzero(index_N == index)
    if not len(slots) or neighbour_NK.ndim != 2 or len(neighbour_NK) != len(index_N):
        return nobody
    slot_K = neighbour_NK[slots[0]]
    near_K = index_N[slot_K[(slot_K >= 0) & (slot_K < len(index_N))]]
    return np.asarray(near_K[~measured.flagged_A[near_K]], dtype=np.int64)


def _by_outputs(
    run: Run, measured: MeasuredInstances, index: int
) -> tuple[str, Callable[[int], list[int]]]:
    """Say what is compared, and find the nearest kept instances of a class by it."""
    number = int(measured.round_A[index])
    own_E = _predictions_of(run, measured, index, number)
    slot = -1 if measured.held_out_A[index] else int(measured.slot_RA[number][index])
    probabilities_NC = run.probabilities(number) if slot >= 0 else None

    def nearest(label: int) -> list[int]:
        candidate_K = _candidates(measured, index, label, number)
        slot_K = measured.slot_RA[number][candidate_K]
        predictions_EN = run.predictions(number)[: len(own_E)]
        distance_K = (np.asarray(predictions_EN[:, slot_K]) != own_E[:, None]).mean(axis=0)
        keys: tuple[npt.NDArray[Any], ...] = (candidate_K, distance_K)
        if probabilities_NC is not None:
            keys = (*keys, _apart(probabilities_NC, slot_K, slot))
        return [int(item) for item in candidate_K[np.lexsort(keys)[: 2 * N_NEAREST]]]

    by = BY_PREDICTIONS if probabilities_NC is None else BY_PROBABILITIES
    return by.format(number + 1), nearest


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
