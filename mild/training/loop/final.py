"""The last stage: a network trained on what the last round kept, by its given labels.

MixMatch learns from the images of what the rounds dropped as well, without their labels.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from mild.training.loop.mixmatch import Unlabeled
from mild.training.loop.rounds import RoundsEnd
from mild.training.loop.stage import Stage, train_stage
from mild.training.models.initialise import initialise
from mild.training.runtime.automatic import ema_decay
from mild.training.runtime.checkpoint import Checkpoint
from mild.training.runtime.context import TrainingContext


def train_final(
    context: TrainingContext,
    network: nn.Module,
    end: RoundsEnd,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Train on the kept set, from scratch or going on from the rounds' network."""
    settings = context.config.final
    if settings.kind == "none":
        return
    unlabeled = _unlabeled(context, end) if settings.kind == "mixmatch" else None
    context.writer.set_state("finishing", _sentence(end, unlabeled))
    begun = checkpoint is not None and not checkpoint.is_round
    if settings.from_scratch and not begun:
        initialise(context, network, "final network")
    stage = Stage(
        number=end.n_rounds,
        index_N=end.kept_index_N,
        n_trained=len(end.kept_index_N),
        n_epochs=settings.epochs,
        epochs_after=0,
        is_round=False,
        weight_decay=context.config.optimizer.weight_decay,
        ema_decay=_ema_decay(context, len(end.kept_index_N)),
        unlabeled=unlabeled,
    )
    train_stage(context, network, stage, checkpoint)


def _unlabeled(context: TrainingContext, end: RoundsEnd) -> Unlabeled | None:
    """Return what the last round does not keep, whichever round dropped it, or None."""
    everyone_N = np.arange(len(context.given_N), dtype=np.int64)
    dropped_N = np.setdiff1d(everyone_N, end.kept_index_N)
    if not len(dropped_N):
        context.writer.note(
            "Nothing was dropped, so MixMatch has no unlabeled images to learn from; "
            "the final model is trained supervised."
        )
        return None
    index_N = torch.from_numpy(dropped_N).to(context.device)
    return Unlabeled(index_N=index_N, settings=context.config.final)


def _ema_decay(context: TrainingContext, n_labeled: int) -> float:
    settings = context.config.final
    n_steps = settings.epochs * math.ceil(n_labeled / context.config.optimizer.batch_size)
    decay, reason = ema_decay(settings, n_steps)
    context.writer.facts(ema_decay=decay, ema_decay_reason=reason)
    return decay


def _sentence(end: RoundsEnd, unlabeled: Unlabeled | None) -> str:
    labeled = f"Final model on {len(end.kept_index_N):,} images"
    if unlabeled is None:
        return f"{labeled}."
    return f"{labeled}, and {len(unlabeled.index_N):,} without their labels."
