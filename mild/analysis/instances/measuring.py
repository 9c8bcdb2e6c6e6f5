"""How each instance comes to its measurements: round after round, and those that none trained on.

Legend: A instances by index, those held out after the training set; N instances of a round by slot,
T those of them it trained on, P those it planted, M held-out instances, E epochs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.judged_round import JudgedRound
from mild.core.dynamics import pack_status, summarize
from mild.core.dynamics.predictions import NO_OTHER, most_frequent_other_prediction
from mild.core.planted.never_shown import (
    NetworkOpinion,
    flagged_share,
    judge_held_out,
    judge_planted,
    no_more_than_others,
)
from mild.errors import RunError
from mild.store.files.arrays import load_npz
from mild.store.run import Run

IntArray = npt.NDArray[np.integer[Any]]

NEVER = -1
"""The round that dropped an instance which is still kept; the first memorized epoch of one that
never was memorized."""
BLOCK = 1 << 16
"""Instances whose predictions are held in memory at once."""
RECORDED = ("first_memorized_epoch", "forgetting_events", "mean_loss", "aum")


class Measurements:
    """What is filled in round after round; a later round overwrites an earlier one."""

    def __init__(self, given_A: IntArray) -> None:
        n = len(given_A)
        self.given_A = given_A
        self.suggested_A = np.array(given_A, dtype=np.int32)
        self.round_A, self.n_epochs_A, self.misclassified_A = np.zeros((3, n), dtype=np.int32)
        self.dropped_A = np.full(n, NEVER, dtype=np.int32)
        self.judged_A = np.zeros(n, dtype=bool)
        """Whether a round judged it that trained on its given label."""
        self.trust_A = np.zeros(n)
        """Within what the same round dropped, or all kept: 0 to 1, lower means more suspicious."""
        self.recorded = {name: np.full(n, np.nan) for name in RECORDED}
        self.slots: list[npt.NDArray[np.int32]] = []


def add_round(run: Run, judged: JudgedRound, cut: float | None, columns: Measurements) -> None:
    """Add a round: its first `trained_on` slots were trained on, those after them watched.

    Planted instances are not judged: what is on record is of their planted label.
    """
    number, chosen, scores = judged.number, judged.chosen, judged.scores
    index_N = run.index(number)
    slot_A = np.full(len(columns.given_A), -1, dtype=np.int32)
    try:
        planted_N = chosen.get("planted", np.zeros(len(index_N), dtype=bool))
        score_N = chosen.get("score", chosen["misclassified"])
        kept_N = (chosen["kept"] if cut is None else score_N < cut) & ~planted_N
        slot_T = np.flatnonzero(~planted_N[: judged.trained_on])
        index_T = index_N[slot_T]
        columns.judged_A[index_T] = True
        columns.round_A[index_T] = number
        columns.n_epochs_A[index_T] = judged.epochs
        columns.misclassified_A[index_T] = chosen["misclassified"][slot_T]
        # A refined score reaches up to one beyond its count.
        highest = judged.epochs + 1 if "score" in chosen else max(1, judged.epochs)
        columns.trust_A[index_T] = 1 - score_N[slot_T] / highest
        for name in RECORDED:
            columns.recorded[name][index_T] = scores[name][slot_T]
        newly_N = ~kept_N & ~planted_N & (columns.dropped_A[index_N] == NEVER)
        columns.dropped_A[index_N[newly_N]] = number
        columns.dropped_A[index_N[kept_N]] = NEVER
        slot_A[index_N] = np.arange(len(index_N), dtype=np.int32)
    except (KeyError, IndexError, ValueError) as error:
        raise _do_not_fit(run, number, error) from error
    columns.slots.append(slot_A)


def add_suggestions(run: Run, number: int, columns: Measurements) -> None:
    """Suggest labels for what this round measured; predictions are read in blocks."""
    predictions_EN = run.predictions(number)
    mine = np.flatnonzero(columns.judged_A & (columns.round_A == number))
    for start in range(0, len(mine), BLOCK):
        index = mine[start : start + BLOCK]
        slots, given = columns.slots[number][index], columns.given_A[index]
        other = most_frequent_other_prediction(predictions_EN[:, slots], given).label
        columns.suggested_A[index] = np.where(other == NO_OTHER, given, other)


def add_planted(run: Run, judged: JudgedRound, columns: Measurements) -> None:
    """Add instances planted here that no round judged, by what they were taken for instead.

    No larger share of them is flagged than of those that the round judged.
    """
    number = judged.number
    path = run.folder.round(number) / "planted.npz"
    if not path.is_file():
        return
    planted, index_N = load_npz(path), run.index(number)
    try:
        unjudged_P = ~columns.judged_A[index_N[planted["slot"]]]
        slot_P, label_P = planted["slot"][unjudged_P], planted["label"][unjudged_P]
        predictions_EN = run.predictions(number)
        for start in range(0, len(slot_P), BLOCK):
            block = slice(start, start + BLOCK)
            predictions_EP = np.asarray(predictions_EN[:, slot_P[block]])
            index = index_N[slot_P[block]]
            opinion = judge_planted(predictions_EP, columns.given_A[index], label_P[block])
            _put(columns, number, index, predictions_EP, opinion)
        planted_T = np.zeros(judged.trained_on, dtype=bool)
        planted_T[planted["slot"]] = True
        share = flagged_share(judged.chosen["kept"][: judged.trained_on], planted_T)
        _flag_no_more(columns, index_N[slot_P], share)
    except (KeyError, IndexError, ValueError) as error:
        raise _do_not_fit(run, number, error) from error


def _flag_no_more(columns: Measurements, index_P: IntArray, share: float) -> None:
    """Keep all but the worst of those that opinion alone flags, up to a share."""
    flagged_P = columns.dropped_A[index_P] != NEVER
    stays_P = no_more_than_others(flagged_P, columns.trust_A[index_P], share)
    columns.dropped_A[index_P[flagged_P & ~stays_P]] = NEVER


def add_held_out(run: Run, number: int, first: int, columns: Measurements) -> None:
    """Judge the held-out part, whose indices begin at `first`, by what this round took it for."""
    predictions_EM = run.held_out_predictions(number)
    n = len(columns.given_A) - first
    if predictions_EM is None or not n:
        return
    try:
        for start in range(0, n, BLOCK):
            index = np.arange(first + start, first + min(start + BLOCK, n))
            block_EM = np.asarray(predictions_EM[:, index - first])
            opinion = judge_held_out(block_EM, columns.given_A[index])
            _put(columns, number, index, block_EM, opinion)
    except (IndexError, ValueError) as error:
        raise _do_not_fit(run, number, error) from error


def _put(
    columns: Measurements,
    number: int,
    index: IntArray,
    predictions_EB: IntArray,
    opinion: NetworkOpinion,
) -> None:
    """Count predictions against the given label; there is no loss and no margin of it."""
    status_EB = predictions_EB == columns.given_A[index]
    dynamics = summarize(pack_status(status_EB), len(index))
    columns.round_A[index] = number
    columns.n_epochs_A[index] = dynamics.n_epochs
    columns.misclassified_A[index] = dynamics.misclassified_N
    columns.recorded["first_memorized_epoch"][index] = dynamics.first_memorized_epoch_N
    columns.recorded["forgetting_events"][index] = dynamics.forgetting_events_N
    columns.suggested_A[index] = opinion.suggested_N
    columns.trust_A[index] = opinion.score_N
    columns.dropped_A[index] = np.where(opinion.flagged_N, number, NEVER)


def _do_not_fit(run: Run, number: int, error: Exception) -> RunError:
    return RunError(
        f"run {run.run_id}: the files of round {number + 1} do not fit together ({error}); "
        "copy them back from a copy of the run."
    )
