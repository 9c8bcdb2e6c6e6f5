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
    """The nearest kept instances of a class."""

    by: str
    """What was compared, and in which round."""
    indices: tuple[int, ...]
    """Nearest first."""


def nearest_kept(
    run: Run, measured: MeasuredInstances, index: int, labels: Sequence[int]
) -> dict[int, Nearest]:
    """Find the kept instances, given each of `labels`, that are nearest to the one at `index`.

    By the network's features where the first round has recorded enough of a class as near: only the
    nearest few of all classes are on record. Else by the round that measured the instance: by the
    probabilities of its last epoch where they are on record, or by the share of its epochs with
    another predicted label.
    """
    by_features = _by_features(run, measured, index)
    by_outputs, others = _by_outputs(run, measured, index)
    found = {}
    for label in dict.fromkeys(labels):
        near = by_features[measured.given_A[by_features] == label][:N_NEAREST].tolist()
        enough = len(near) == N_NEAREST
        found[label] = Nearest(
            by=BY_FEATURES.format(1) if enough else by_outputs,
            indices=tuple(near if enough else others(label)),
        )
    return found


def _by_features(run: Run, measured: MeasuredInstances, index: int) -> npt.NDArray[np.int64]:
    """Indices of kept instances that are on record as near to one, nearest first."""
    on_record = run.neighbours(0) if run.rounds_begun() else {}
    index_N = np.asarray(run.index(0)) if on_record else np.empty(0, dtype=np.int64)
    (slots,) = np.nonzero(index_N == index)
    if not len(slots):
        return np.empty(0, dtype=np.int64)
    near_K = index_N[on_record["neighbour_NK"][slots[0]]]
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
        return [int(item) for item in candidate_K[np.lexsort(keys)[:N_NEAREST]]]

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
