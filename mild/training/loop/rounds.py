"""Round after round: train on what is kept, record, select; the network goes on learning."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mild.analysis.instances.unjudged import kept_in_the_end, trained_on_next
from mild.store.run import Run
from mild.training.features.neighbours import record_neighbours
from mild.training.loop.planted import planted_in
from mild.training.loop.selection import commit_selection
from mild.training.loop.stage import Stage, train_stage
from mild.training.models.initialise import initialise
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime.checkpoint import Checkpoint
from mild.training.runtime.context import TrainingContext
from mild.words import percent

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundsEnd:
    """What the rounds leave to the final stage."""

    kept_index_N: IntArray
    n_rounds: int


def run_rounds(
    context: TrainingContext,
    network: nn.Module,
    run: Run,
    prepared: Prepared,
    checkpoint: Checkpoint | None = None,
    away: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> RoundsEnd:
    """Train all rounds asked for, or fewer where one removes next to nothing.

    With a checkpoint, `network` is the checkpoint's; rounds that have their selection are read.
    """
    n_asked = len(context.config.rounds)
    trained_N = np.arange(len(prepared.given_N), dtype=np.int64)
    n_decided = context.ranks.number(lambda: len(run.rounds()))
    for number in range(n_asked):
        if number >= n_decided:
            begun = checkpoint is not None and checkpoint.record.stage == number
            _train(context, network, run, number, trained_N, checkpoint if begun else None)
            context.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
            commit_selection(context, run, number, len(trained_N), prepared, away)
        next_N, n_planted = _after(context, run, number)
        if len(next_N) - n_planted < max(2, context.n_classes):
            context.writer.note(f"Round {number + 1} kept too little to train on.")
            return RoundsEnd(kept_index_N=trained_N, n_rounds=number + 1)
        n_judged = len(trained_N) - n_planted
        changed_share = len(np.setxor1d(trained_N, next_N)) / n_judged
        trained_N = next_N
        if changed_share < context.config.selection.min_removed_share and number + 1 < n_asked:
            context.writer.note(_why_last(context, number, changed_share))
            break
    kept_N = _instances_for_all(context, lambda: kept_in_the_end(run, number, prepared.given_N))
    context.writer.facts(n_kept=len(kept_N))
    return RoundsEnd(kept_index_N=kept_N, n_rounds=number + 1)


def _after(context: TrainingContext, run: Run, number: int) -> tuple[IntArray, int]:
    """Return what the next round would train on, and how many of it this one did not judge."""
    next_N = _instances_for_all(context, lambda: trained_on_next(run, number))
    return next_N, context.ranks.number(lambda: len(run.planted(number)))


def _instances_for_all(context: TrainingContext, read: Callable[[], IntArray]) -> IntArray:
    """Return instances by index; the first of several processes reads them and tells the others."""
    n = context.ranks.number(lambda: len(read()))
    index: IntArray = context.ranks.broadcast(lambda: torch.from_numpy(read()), n).numpy()
    return index


def _train(
    context: TrainingContext,
    network: nn.Module,
    run: Run,
    number: int,
    trained_N: IntArray,
    checkpoint: Checkpoint | None,
) -> None:
    config = context.config
    settings = config.rounds[number]
    context.writer.set_state("training", f"Round {number + 1} of {len(config.rounds)}.")
    if config.reinitialise and number > 0 and checkpoint is None:
        initialise(context, network, f"network of round {number}")
    after = sum(later.epochs for later in config.rounds[number + 1 :])
    decay = settings.weight_decay
    n_done = 0 if checkpoint is None else checkpoint.record.epoch
    stage = Stage(
        number=number,
        index_N=trained_N if config.selection.nested else _with_dropped(trained_N, context),
        n_trained=len(trained_N),
        n_epochs=settings.epochs,
        epochs_after=after + (config.final.epochs if config.final.kind != "none" else 0),
        is_round=True,
        weight_decay=config.optimizer.weight_decay if decay is None else decay,
        planted=planted_in(context, run, number, trained_N, begun=n_done > 0),
    )
    context.writer.begin_round(number, stage.index_N, context.n_classes, n_done, stage.planted)
    train_stage(context, network, stage, checkpoint)
    if number == 0:
        record_neighbours(context, network, number, stage.index_N)


def _with_dropped(trained_N: IntArray, context: TrainingContext) -> IntArray:
    """Put what is trained on first, then what earlier rounds dropped, which is only watched."""
    everyone_N = np.arange(len(context.given_N), dtype=np.int64)
    return np.concatenate([trained_N, np.setdiff1d(everyone_N, trained_N)])


def _why_last(context: TrainingContext, number: int, share: float) -> str:
    verb = "removed" if context.config.selection.nested else "removed or took back"
    return (
        f"No round follows round {number + 1}: it {verb} {percent(share, 2)} of its "
        f"images, less than {percent(context.config.selection.min_removed_share, 2)}."
    )
