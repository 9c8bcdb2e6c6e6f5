"""A stage: some epochs on a fixed set of instances, with a fresh optimizer and cosine schedule.

Every round is one; the final training is one more.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mild.errors import TrainingError
from mild.store.schema import EpochRecord
from mild.training.epoch import accuracy, train_epoch
from mild.training.recording import EpochRecording
from mild.training.seeds import torch_generator
from mild.training.workplace import Progress, Workplace


def train_stage(
    work: Workplace,
    network: nn.Module,
    *,
    stage: int,
    index_N: npt.NDArray[np.int64],
    n_epochs: int,
    epochs_after: int,
    recorded: bool,
) -> None:
    """Train `network` in place and write every epoch; `recorded` keeps the status of each instance.

    `epochs_after` tells how many epochs the stages that follow will take.

    Raises
    ------
    Stopped
        At the batch after a request to stop.
    TrainingError
        If the loss is no longer a number.
    """
    slots_N = torch.from_numpy(index_N).to(work.device)
    generator = torch_generator(work.config.seed, f"stage {stage}", work.device)
    optimizer = _optimizer(work, network)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=n_epochs)
    progress = Progress(work, stage, epochs_after + n_epochs)
    for epoch in range(1, n_epochs + 1):
        progress.epochs_left = epochs_after + n_epochs - epoch
        began = time.monotonic()
        learning_rate = float(schedule.get_last_lr()[0])
        recording = EpochRecording(len(index_N), work.device)

        def on_batch(share: float, epoch: int = epoch, now: EpochRecording = recording) -> None:
            progress(epoch, share, now if recorded else None)

        train_epoch(work, network, optimizer, slots_N, generator, recording, on_batch)
        schedule.step()
        result = recording.finish()
        record = EpochRecord(
            stage=stage,
            epoch=epoch,
            learning_rate=learning_rate,
            train_loss=_finite(float(result.losses_N.mean()), stage, epoch),
            memorized_share=float(result.status_N.mean()),
            test_accuracy=accuracy(work, network),
            seconds=time.monotonic() - began,
            recorded=time.time(),
        )
        work.writer.end_epoch(
            record, result if recorded else None, epochs_left=progress.epochs_left
        )


def _optimizer(work: Workplace, network: nn.Module) -> torch.optim.Optimizer:
    settings = work.config.optimizer
    return torch.optim.SGD(
        network.parameters(),
        lr=settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        nesterov=settings.momentum > 0,
        fused=work.device.type in ("cpu", "cuda"),
    )


def _finite(loss: float, stage: int, epoch: int) -> float:
    if not np.isfinite(loss):
        raise TrainingError(
            f"the loss is no longer a number in epoch {epoch} of stage {stage}; "
            "train again with a smaller learning rate."
        )
    return loss
