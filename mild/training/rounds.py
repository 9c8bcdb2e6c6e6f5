"""Round after round: train on what is kept, record, select; the network goes on learning."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import nn

from mild.core.dynamics import LearningDynamics, summarize
from mild.core.evaluation import evaluate
from mild.core.selection import Selection, select
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.training.prepare import Prepared
from mild.training.stage import train_stage
from mild.training.workplace import Workplace

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundsEnd:
    """What the rounds leave to the final stage."""

    kept_index_N: IntArray
    n_rounds: int


def run_rounds(work: Workplace, network: nn.Module, run: Run, prepared: Prepared) -> RoundsEnd:
    """All rounds asked for, or fewer where one removes next to nothing."""
    rounds = work.config.rounds
    final = work.config.final
    index_N = np.arange(len(prepared.given_N), dtype=np.int64)
    for number, settings in enumerate(rounds):
        began = time.monotonic()
        work.writer.set_state("training", f"Round {number + 1} of {len(rounds)}.")
        work.writer.begin_round(number, index_N, work.n_classes)
        after = sum(later.epochs for later in rounds[number + 1 :])
        train_stage(
            work,
            network,
            stage=number,
            index_N=index_N,
            n_epochs=settings.epochs,
            epochs_after=after + (final.epochs if final.kind != "none" else 0),
            recorded=True,
        )
        work.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
        dynamics, selection = _select(work, run, number, len(index_N))
        record = _record(number, dynamics, selection, index_N, prepared, time.monotonic() - began)
        work.writer.end_round(
            record,
            scores=_scores(run, number, dynamics),
            selection=_as_arrays(selection, dynamics),
        )
        removed_share = 1 - selection.n_kept / len(index_N)
        if selection.n_kept >= max(2, work.n_classes):
            index_N = index_N[selection.kept_N]
        else:
            work.writer.event("note", f"Round {number + 1} kept too little to train on.")
            return RoundsEnd(kept_index_N=index_N, n_rounds=number + 1)
        if removed_share < work.config.selection.min_removed_share and number + 1 < len(rounds):
            work.writer.event(
                "note",
                f"No round follows round {number + 1}: it removed {removed_share:.2%} of its "
                f"instances, less than {work.config.selection.min_removed_share:.2%}.",
            )
            return RoundsEnd(kept_index_N=index_N, n_rounds=number + 1)
    return RoundsEnd(kept_index_N=index_N, n_rounds=len(rounds))


def _select(work: Workplace, run: Run, number: int, n: int) -> tuple[LearningDynamics, Selection]:
    settings = work.config.selection
    dynamics = summarize(run.status(number), n)
    cut = None if settings.cut is None else min(settings.cut, dynamics.n_epochs + 1)
    selection = select(
        dynamics.misclassified_N,
        dynamics.n_epochs,
        rule=settings.rule,
        tau=settings.tau,
        keep_fraction=settings.keep_fraction,
        cut=cut if settings.rule == "manual" else None,
    )
    return dynamics, selection


def _record(
    number: int,
    dynamics: LearningDynamics,
    selection: Selection,
    index_N: IntArray,
    prepared: Prepared,
    seconds: float,
) -> RoundRecord:
    """The round in numbers; true ones only where clean labels are known.

    The true ones are over the whole training set: what earlier rounds dropped counts as flagged,
    and as more suspicious than anything that is still there.
    """
    truth = None
    if prepared.clean_N is not None:
        misclassified_A = np.full(len(prepared.given_N), dynamics.n_epochs + 1, dtype=np.int64)
        misclassified_A[index_N] = dynamics.misclassified_N
        kept_A = np.zeros(len(prepared.given_N), dtype=bool)
        kept_A[index_N] = selection.kept_N
        truth = evaluate(misclassified_A, kept_A, prepared.given_N, prepared.clean_N)
    return RoundRecord(
        round=number,
        epochs=dynamics.n_epochs,
        trained_on=len(index_N),
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
    )


def _scores(
    run: Run, number: int, dynamics: LearningDynamics
) -> dict[str, npt.NDArray[np.generic]]:
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
    selection: Selection, dynamics: LearningDynamics
) -> dict[str, npt.NDArray[np.generic]]:
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "kept": selection.kept_N,
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
