"""The end of a round: from its committed epochs to the cut, the scores, and the round in numbers.

The same for a round that the worker trained and for one that a loop of somebody's own recorded.
Axes: A instances of the training set by index, N instances of the round by slot, E epochs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mild.config import SelectionConfig
from mild.core.dynamics import LearningDynamics, summarize
from mild.core.evaluation import Evaluation, evaluate
from mild.core.selection import Selection, select
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
    index_N, planted = run.index(number), run.planted(number)
    planted_N = planted.mask(len(index_N))
    dynamics = summarize(run.status(number), len(index_N))
    selection = _select(settings, dynamics, planted_N)
    kept_N = np.zeros(len(index_N), dtype=bool)
    kept_N[~planted_N] = selection.kept_N
    truth = None
    if clean_A is not None:
        truth = _truth(dynamics, kept_N, planted_N, index_N, given_A, clean_A)
    return Judged(
        selection=selection,
        kept_N=kept_N,
        record=_record(
            number,
            selection,
            len(index_N) if n_trained is None else n_trained,
            len(planted),
            truth,
            seconds,
        ),
        scores=_scores(run, number, dynamics),
        arrays=_as_arrays(selection, kept_N, planted_N, dynamics),
    )


def _select(
    settings: SelectionConfig, dynamics: LearningDynamics, planted_N: npt.NDArray[np.bool_]
) -> Selection:
    cut = None if settings.cut is None else min(settings.cut, dynamics.n_epochs + 1)
    return select(
        dynamics.misclassified_N[~planted_N],
        dynamics.n_epochs,
        rule=settings.rule,
        tau=settings.tau,
        keep_fraction=settings.keep_fraction,
        cut=cut if settings.rule == "manual" else None,
    )


def _truth(
    dynamics: LearningDynamics,
    kept_N: npt.NDArray[np.bool_],
    planted_N: npt.NDArray[np.bool_],
    index_N: IntArray,
    given_A: IntArray,
    clean_A: IntArray,
) -> Evaluation:
    """Over the whole training set but what is planted in this round: what earlier rounds dropped
    counts as flagged, and as more suspicious than anything that is still there."""
    misclassified_A = np.full(len(given_A), dynamics.n_epochs + 1, dtype=np.int64)
    misclassified_A[index_N] = dynamics.misclassified_N
    kept_A = np.zeros(len(given_A), dtype=bool)
    kept_A[index_N] = kept_N
    judged_A = np.ones(len(given_A), dtype=bool)
    judged_A[index_N[planted_N]] = False
    return evaluate(
        misclassified_A[judged_A], kept_A[judged_A], given_A[judged_A], clean_A[judged_A]
    )


def _record(
    number: int,
    selection: Selection,
    n: int,
    n_planted: int,
    truth: Evaluation | None,
    seconds: float,
) -> RoundRecord:
    return RoundRecord(
        round=number,
        epochs=selection.n_epochs,
        trained_on=n,
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
        planted=n_planted,
    )


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
    selection: Selection,
    kept_N: npt.NDArray[np.bool_],
    planted_N: npt.NDArray[np.bool_],
    dynamics: LearningDynamics,
) -> Arrays:
    arrays: Arrays = {
        "kept": kept_N,
        "planted": planted_N,
        "misclassified": dynamics.misclassified_N,
        "cut": np.array(selection.cut),
    }
    if selection.mixture is not None:
        arrays |= {
            "weight": np.asarray(selection.mixture.weight),
            "shape": np.asarray(selection.mixture.shape),
            "scale": np.asarray(selection.mixture.scale),
        }
    return arrays
