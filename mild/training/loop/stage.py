"""A stage: some epochs on a fixed set of instances, with a new optimizer and cosine schedule.

Every round is one; the final training is one more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mild.core.planted.planting import Planted
from mild.errors import DivergedError
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays
from mild.training.distributed.process_group import ALONE
from mild.training.loop.ema import with_ema
from mild.training.loop.epoch import predict_held_out, train_epoch, watch
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.loop.mixmatch import Unlabeled, train_mixmatch_epoch
from mild.training.loop.sgd import SGD
from mild.training.runtime import checkpoint as checkpoints
from mild.training.runtime.checkpoint import Checkpoint, Learner
from mild.training.runtime.context import BatchProgress, TrainingContext
from mild.training.runtime.seeds import torch_generator, torch_seed

MOST_PROBABILITIES = 50_000_000
"""Instances times classes of which a round's last epoch keeps the probabilities: 100 MB on disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What a stage trains on, and for how long."""

    number: int
    """The round, counted from 0; the final stage follows the last round."""
    index_N: npt.NDArray[np.int64]
    """The instance in each slot."""
    n_trained: int
    """Slots from here on are not trained on, only watched."""
    n_epochs: int
    epochs_after: int
    """How many epochs the stages that follow will take."""
    is_round: bool
    """Whether the status of each instance is kept."""
    weight_decay: float
    ema_decay: float = 0.0
    """Of the moving average of the weights, which then predicts; 0 for none."""
    unlabeled: Unlabeled | None = None
    """Instances to learn from by MixMatch, without their labels."""
    planted: Planted = field(default_factory=Planted.none)
    """What is trained with a label that we changed, by slot."""


def train_stage(
    context: TrainingContext, network: nn.Module, stage: Stage, checkpoint: Checkpoint | None = None
) -> None:
    """Train `network` in place and write every epoch; it ends as the network that predicts.

    With a checkpoint of this stage, `network` is the checkpoint's and the epochs after it follow.

    Raises
    ------
    Stopped
        At the batch after a request to stop.
    DivergedError
        If the loss is no longer a number.
    """
    learner = new_learner(context, network, stage)
    n_done = 0
    if checkpoint is not None and checkpoint.record.stage == stage.number:
        n_done = checkpoint.record.epoch
        checkpoints.restore(checkpoint, learner, context.device)
    index_N = torch.from_numpy(stage.index_N).to(context.device)
    context = with_planted_labels(context, stage)
    given_N = ~stage.planted.mask(len(stage.index_N))[: stage.n_trained]
    progress = BatchProgress(context, stage.number, 0)
    for epoch in range(n_done + 1, stage.n_epochs + 1):
        progress.epochs_left = stage.epochs_after + stage.n_epochs - epoch
        began = time.monotonic()
        learning_rate = float(learner.schedule.get_last_lr()[0])
        result = _epoch(context, learner, stage, index_N, epoch, progress)
        held_out = predict_held_out(context, learner.predicting)
        if stage.is_round and held_out.accuracy is not None:
            taken_for_M = context.ranks.sum_on_first(held_out.predictions_M).numpy()
            result = replace(result, held_out_predictions_M=taken_for_M)
        record = EpochRecord(
            stage=stage.number,
            epoch=epoch,
            learning_rate=learning_rate,
            train_loss=_finite(_mean(result.losses_N, given_N), stage, epoch),
            memorized_share=_mean(result.status_N, given_N),
            test_accuracy=held_out.accuracy,
            seconds=time.monotonic() - began,
            recorded=time.time(),
        )
        _commit(context, learner, stage, record, result, progress.epochs_left)
    if learner.average is not None and n_done < stage.n_epochs:
        network.load_state_dict(learner.predicting.state_dict())


def new_learner(context: TrainingContext, network: nn.Module, stage: Stage) -> Learner:
    """Make the optimizer, schedule and generator of the stage."""
    settings = context.config.optimizer
    optimizer = SGD(
        network.parameters(),
        lr=settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=stage.weight_decay,
        nesterov=settings.nesterov and settings.momentum > 0,
        fused=context.device.type in ("cpu", "cuda"),
    )
    # Nothing of ours draws from the global generator; a layer of somebody else's, as dropout, does.
    torch.manual_seed(torch_seed(context.config.seed, f"layers of stage {stage.number}"))
    average = with_ema(network, optimizer, stage.ema_decay) if stage.ema_decay else None
    return Learner(
        network=network,
        data_parallel=None if stage.unlabeled else context.ranks.data_parallel(network),
        average=average,
        optimizer=optimizer,
        scaler=torch.amp.GradScaler(context.device.type, enabled=context.precision.scaled),
        schedule=torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=stage.n_epochs),
        generator=torch_generator(context.config.seed, f"stage {stage.number}", context.device),
    )


def with_planted_labels(context: TrainingContext, stage: Stage) -> TrainingContext:
    """Return the stage's data, with the labels that it trains on."""
    if not stage.planted:
        return context
    label_A = context.given_N.clone()
    index_P = torch.from_numpy(stage.index_N[stage.planted.slot_P]).to(context.device)
    label_A[index_P] = torch.from_numpy(stage.planted.label_P).to(context.device)
    return replace(context, given_N=label_A)


def _mean(values_N: npt.NDArray[np.generic], given_N: npt.NDArray[np.bool_]) -> float:
    """Average over what is trained on with its given label, for people read it as of these."""
    return float(values_N[: len(given_N)][given_N].mean())


def _epoch(
    context: TrainingContext,
    learner: Learner,
    stage: Stage,
    index_N: torch.Tensor,
    epoch: int,
    progress: BatchProgress,
) -> EpochArrays:
    last = stage.is_round and epoch == stage.n_epochs
    few = len(index_N) * context.n_classes <= MOST_PROBABILITIES
    recording = EpochRecording(
        len(index_N), context.device, context.n_classes if last and few else 0
    )
    shown = recording if stage.is_round else None

    def on_batch(share: float) -> None:
        progress(epoch, share * stage.n_trained / len(index_N), shown)

    trained_N = index_N[: stage.n_trained]
    if not context.ranks.alone:  # each process draws as often as its share of a batch is large
        rank = context.ranks.rank if stage.unlabeled is None else 0
        purpose = f"layers of stage {stage.number}, epoch {epoch}, process {rank}"
        torch.manual_seed(torch_seed(context.config.seed, purpose))
    what = (learner.optimizer, learner.scaler, trained_N, learner.generator)
    if stage.unlabeled is None:
        train_epoch(context, learner.data_parallel or learner.network, *what, recording, on_batch)
    else:  # not divided: every process does all of it
        unlabeled = (stage.unlabeled, epoch)
        train_mixmatch_epoch(context, learner.network, *what, *unlabeled, recording, on_batch)
    learner.schedule.step()
    if stage.n_trained < len(index_N):
        watch(context, learner.network, index_N, stage.n_trained, recording, context.stop.check)
    return recording.finish(context.ranks if stage.unlabeled is None else ALONE)


def _commit(
    context: TrainingContext,
    learner: Learner,
    stage: Stage,
    record: EpochRecord,
    result: EpochArrays,
    epochs_left: int,
) -> None:
    ends_stage = record.epoch == stage.n_epochs
    context.writer.end_epoch(
        record,
        result if stage.is_round else None,
        epochs_left=epochs_left,
        checkpoint=checkpoints.writer_of(
            context, learner, record, is_round=stage.is_round, ends_stage=ends_stage
        ),
        ends_round=ends_stage and stage.is_round and context.config.keep_round_networks,
    )


def _finite(loss: float, stage: Stage, epoch: int) -> float:
    if not np.isfinite(loss):
        where = f"round {stage.number + 1}" if stage.is_round else "the final model"
        raise DivergedError(
            f"the loss is no longer a number in epoch {epoch} of {where}; "
            "train again with a smaller learning rate."
        )
    return loss
