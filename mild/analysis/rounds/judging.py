"""The end of a round: from its committed epochs to the cut, the scores, and the round in numbers.

The same for a round that the worker trained and for one that a loop of somebody's own recorded.
Axes: A instances of the training set by index, N instances of the round by slot, E epochs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.select_round import select_round, separation_of
from mild.config import SelectionConfig
from mild.core.dynamics import LearningDynamics, summarize
from mild.core.evaluation import Evaluation, evaluate
from mild.core.selection import Selection
from mild.store.run import Run
from mild.store.schema import RoundRecord

IntArray = npt.NDArray[np.int64]
Arrays = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What `mild.store.writer.RunWriter.end_round` writes, and the selection behind it."""

    selection: Selection
    kept_N: npt.NDArray[np.bool_]
    """Shape (N,), by slot; False where planted, which this round does not judge."""
    record: RoundRecord
    scores: Arrays
    arrays: Arrays
    """The selection as arrays."""


def judge(
    run: Run,
    number: int,
    settings: SelectionConfig,
    *,
    given_A: IntArray,
    clean_A: IntArray | None,
    seconds: float,
    n_trained: int | None = None,
) -> Judged:
    """Select among the instances of a round by its committed epochs.

    Parameters
    ----------
    n_trained
        How many slots the round trained on, where it only watched those that follow; the mixture is
        fitted to all of them, or what was dropped would be judged by a fit that never saw its like.
    clean_A
        Judges the selection afterwards and has no part in it; None where unknown.
    seconds
        What the round took so far.
    """
    index_N = run.index(number)
    dynamics = summarize(run.status(number), len(index_N))
    told = separation_of(run, number)
    selection = select_round(run, number, settings, given_A=given_A, told=told)
    planted_N = run.planted(number).mask(len(index_N))
    kept_N = np.asarray(selection.kept_N)
    truth = None
    if clean_A is not None:
        truth = _truth(selection, planted_N, index_N, given_A, clean_A)
    n_trained = len(index_N) if n_trained is None else n_trained
    return Judged(
        selection=selection,
        kept_N=kept_N,
        record=_record(
            number,
            selection,
            n_trained,
            truth,
            seconds,
            separated_best=None if told is None else told.best_epochs,
        ),
        scores=_scores(run, number, dynamics),
        arrays=_as_arrays(selection, planted_N, dynamics),
    )


def _truth(
    selection: Selection,
    planted_N: npt.NDArray[np.bool_],
    index_N: IntArray,
    given_A: IntArray,
    clean_A: IntArray,
) -> Evaluation:
    """Judge by the clean labels over the whole training set but what this round planted.

    What earlier rounds dropped counts as flagged, and as more suspicious than what is still there.
    """
    score_A = np.full(len(given_A), selection.n_epochs + 1.0)
    score_A[index_N] = selection.score_N
    kept_A = np.zeros(len(given_A), dtype=bool)
    kept_A[index_N] = selection.kept_N
    judged_A = np.ones(len(given_A), dtype=bool)
    judged_A[index_N[planted_N]] = False
    return evaluate(score_A[judged_A], kept_A[judged_A], given_A[judged_A], clean_A[judged_A])


def _record(
    number: int,
    selection: Selection,
    n_trained: int,
    truth: Evaluation | None,
    seconds: float,
    separated_best: int | None,
) -> RoundRecord:
    return RoundRecord(
        round=number,
        epochs=selection.n_epochs,
        trained_on=n_trained,
        kept=selection.n_kept,
        cut=selection.cut,
        rule=selection.rule,
        noise_rate_estimate=selection.noise_rate_estimate,
        converged=selection.converged,
        note=selection.note,
        precision=truth.precision if truth else None,
        recall=truth.recall if truth else None,
        f1_flagged=truth.f1_flagged if truth else None,
        auroc=truth.auroc if truth else None,
        best_f1_flagged=truth.best_f1_flagged if truth else None,
        seconds=seconds,
        can_tell=selection.trust.can_tell,
        can_tell_reason=selection.trust.reason,
        separated_best=separated_best,
        would_flag=selection.would_flag,
        **_of_planted(selection),
    )


def _of_planted(selection: Selection) -> dict[str, Any]:
    """Return what only planted instances can tell, for the record."""
    planted_N, fit, estimate = selection.planted_N, selection.anchored, selection.estimate
    n_planted = 0 if planted_N is None else int(planted_N.sum())
    if fit is None or estimate is None:
        return {"planted": n_planted}
    f1_low, f1_high = estimate.f1_flagged_interval or (None, None)
    return {
        "planted": n_planted,
        "planted_auroc": fit.separation,
        "noise_rate_low": fit.noise_rate_interval[0],
        "noise_rate_high": fit.noise_rate_interval[1],
        "f1_estimate": estimate.f1_flagged,
        "f1_low": f1_low,
        "f1_high": f1_high,
    }


def _scores(run: Run, number: int, dynamics: LearningDynamics) -> Arrays:
    losses_EN, margins_EN = run.losses(number), run.margins(number)
    n_epochs = len(losses_EN)
    return {
        "metric": dynamics.metric_N,
        "first_memorized_epoch": dynamics.first_memorized_epoch_N,
        "learning_events": dynamics.learning_events_N,
        "forgetting_events": dynamics.forgetting_events_N,
        "mean_loss": np.add.reduce(losses_EN, axis=0, dtype=np.float32) / n_epochs,
        "last_loss": losses_EN[-1].astype(np.float32),
        "aum": np.add.reduce(margins_EN, axis=0, dtype=np.float32) / n_epochs,
    }


def _as_arrays(
    selection: Selection, planted_N: npt.NDArray[np.bool_], dynamics: LearningDynamics
) -> Arrays:
    arrays: Arrays = {
        "kept": np.asarray(selection.kept_N),
        "planted": planted_N,
        "misclassified": dynamics.misclassified_N,
        "score": np.asarray(selection.score_N),
        "cut": np.array(float(selection.cut)),
    }
    if selection.mixture is not None:
        arrays |= {
            "weight": np.asarray(selection.mixture.weight),
            "shape": np.asarray(selection.mixture.shape),
            "scale": np.asarray(selection.mixture.scale),
        }
    return arrays
