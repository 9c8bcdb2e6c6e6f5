"""The last stage: a network trained on what the last round kept, by its given labels."""

from __future__ import annotations

from torch import nn

from mild.training.models import build_model
from mild.training.rounds import RoundsEnd
from mild.training.seeds import torch_seed
from mild.training.stage import train_stage
from mild.training.workplace import Workplace


def train_final(work: Workplace, network: nn.Module, end: RoundsEnd) -> None:
    """Train on the kept set, from scratch or going on from the rounds' network."""
    settings = work.config.final
    if settings.kind == "none":
        return
    work.writer.set_state("finishing", f"Final model on {len(end.kept_index_N):,} instances.")
    if settings.from_scratch:
        seed = torch_seed(work.config.seed, "final network")
        fresh = build_model(work.config.model, work.n_classes, work.image_side, seed)
        network = work.to_device(fresh)
    train_stage(
        work,
        network,
        stage=end.n_rounds,
        index_N=end.kept_index_N,
        n_epochs=settings.epochs,
        epochs_after=0,
        recorded=False,
    )
