"""Round after round: train on what is kept, record, select; the network goes on learning."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mild.store.run import Run
from mild.training.checkpoint import Checkpoint
from mild.training.decide import decide
from mild.training.fresh import initialise
from mild.training.prepare import Prepared
from mild.training.stage import Stage, train_stage
from mild.training.workplace import Workplace

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundsEnd:
    """What the rounds leave to the final stage."""

    kept_index_N: IntArray
    n_rounds: int


def run_rounds(
    work: Workplace,
    network: nn.Module,
    run: Run,
    prepared: Prepared,
    checkpoint: Checkpoint | None = None,
    away: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> RoundsEnd:
    """All rounds asked for, or fewer where one removes next to nothing.

    With a checkpoint, `network` is the checkpoint's; rounds that have their selection are read.
    """
    n_asked = len(work.config.rounds)
    trained_N = np.arange(len(prepared.given_N), dtype=np.int64)
    n_decided = work.ranks.number(lambda: len(run.rounds()))
    for number in range(n_asked):
        if number >= n_decided:
            begun = checkpoint is not None and checkpoint.record.stage == number
            _train(work, network, number, trained_N, checkpoint if begun else None)
            work.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
            decide(work, run, number, len(trained_N), prepared, away)
        kept_N = _kept(work, run, number)
        if len(kept_N) < max(2, work.n_classes):
            work.writer.note(f"Round {number + 1} kept too little to train on.")
            return RoundsEnd(kept_index_N=trained_N, n_rounds=number + 1)
        changed_share = len(np.setxor1d(trained_N, kept_N)) / len(trained_N)
        trained_N = kept_N
        if changed_share < work.config.selection.min_removed_share and number + 1 < n_asked:
            work.writer.note(_why_last(work, number, changed_share))
            return RoundsEnd(kept_index_N=trained_N, n_rounds=number + 1)
    return RoundsEnd(kept_index_N=trained_N, n_rounds=n_asked)


def _kept(work: Workplace, run: Run, number: int) -> IntArray:
    """What a round kept; of several processes, the first reads it and tells the others."""

    def kept() -> torch.Tensor:
        return torch.from_numpy(run.index(number)[run.selection(number)["kept"]])

    n = work.ranks.number(lambda: len(kept()))
    kept_N: IntArray = work.ranks.from_first(kept, n).numpy()
    return kept_N


def _train(
    work: Workplace,
    network: nn.Module,
    number: int,
    trained_N: IntArray,
    checkpoint: Checkpoint | None,
) -> None:
    config = work.config
    settings = config.rounds[number]
    work.writer.set_state("training", f"Round {number + 1} of {len(config.rounds)}.")
    if config.reinitialise and number > 0 and checkpoint is None:
        initialise(work, network, f"network of round {number}")
    after = sum(later.epochs for later in config.rounds[number + 1 :])
    decay = settings.weight_decay
    stage = Stage(
        number=number,
        index_N=trained_N if config.selection.nested else _with_dropped(trained_N, work),
        n_trained=len(trained_N),
        n_epochs=settings.epochs,
        epochs_after=after + (config.final.epochs if config.final.kind != "none" else 0),
        is_round=True,
        weight_decay=config.optimizer.weight_decay if decay is None else decay,
    )
    n_done = 0 if checkpoint is None else checkpoint.record.epoch
    work.writer.begin_round(number, stage.index_N, work.n_classes, n_done)
    train_stage(work, network, stage, checkpoint)


def _with_dropped(trained_N: IntArray, work: Workplace) -> IntArray:
    """First what is trained on, then what earlier rounds dropped, which is only watched."""
    everyone_N = np.arange(len(work.given_N), dtype=np.int64)
    return np.concatenate([trained_N, np.setdiff1d(everyone_N, trained_N)])


def _why_last(work: Workplace, number: int, share: float) -> str:
    verb = "removed" if work.config.selection.nested else "removed or took back"
    return (
        f"No round follows round {number + 1}: it {verb} {share:.2%} of its "
        f"instances, less than {work.config.selection.min_removed_share:.2%}."
    )
