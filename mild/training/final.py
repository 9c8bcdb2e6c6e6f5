"""The last stage: a network trained on what the last round kept, by its given labels."""

from __future__ import annotations

from torch import nn

from mild.training.checkpoint import Checkpoint
from mild.training.fresh import initialise
from mild.training.rounds import RoundsEnd
from mild.training.stage import Stage, train_stage
from mild.training.workplace import Workplace


def train_final(
    work: Workplace, network: nn.Module, end: RoundsEnd, checkpoint: Checkpoint | None = None
) -> None:
    """Train on the kept set, from scratch or going on from the rounds' network."""
    settings = work.config.final
    if settings.kind == "none":
        return
    work.writer.set_state("finishing", f"Final model on {len(end.kept_index_N):,} instances.")
    begun = checkpoint is not None and not checkpoint.is_round
    if settings.from_scratch and not begun:
        initialise(work, network, "final network")
    stage = Stage(
        number=end.n_rounds,
        index_N=end.kept_index_N,
        n_trained=len(end.kept_index_N),
        n_epochs=settings.epochs,
        epochs_after=0,
        is_round=False,
        weight_decay=work.config.optimizer.weight_decay,
    )
    train_stage(work, network, stage, checkpoint)
