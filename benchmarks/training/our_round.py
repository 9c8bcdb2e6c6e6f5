"""A round as the product trains it, an epoch at a time, for `benchmarks.train` to measure."""

from __future__ import annotations

import time

import numpy as np
import torch

from benchmarks.training.timed_recording import TimedRecording
from mild.store.schema import EpochRecord
from mild.training.loop.epoch import train_epoch
from mild.training.loop.stage import Stage, new_learner
from mild.training.models.initialise import new_network
from mild.training.runtime.context import TrainingContext


class OurRound:
    """A round as the product trains it, an epoch at a time, written to a run on disk."""

    def __init__(self, context: TrainingContext, n_epochs: int) -> None:
        n = len(context.given_N)
        stage = Stage(
            number=0,
            index_N=np.arange(n),
            n_trained=n,
            n_epochs=n_epochs,
            epochs_after=0,
            is_round=True,
            weight_decay=context.config.optimizer.weight_decay,
        )
        self.network, _ = new_network(context, "network")
        self.recording_shares: list[float] = []
        """Per epoch."""
        self._context, self._index_N = context, torch.arange(n, device=context.device)
        self._learner = new_learner(context, self.network, stage)
        context.writer.begin_round(0, stage.index_N, context.n_classes)

    def epoch(self) -> None:
        """Train one and write it."""
        context, learner = self._context, self._learner
        began = time.perf_counter()
        recording = TimedRecording(len(self._index_N), context.device)
        train_epoch(
            context,
            learner.network,
            learner.optimizer,
            learner.scaler,
            self._index_N,
            learner.generator,
            recording,
            lambda share: None,
        )
        learner.schedule.step()
        added = recording.seconds()
        trained = time.perf_counter()
        self._write(recording, len(self.recording_shares) + 1)
        ended = time.perf_counter()
        self.recording_shares.append((added + ended - trained) / (ended - began))

    def _write(self, recording: TimedRecording, epoch: int) -> None:
        result = recording.finish()
        record = EpochRecord(
            stage=0,
            epoch=epoch,
            learning_rate=0.0,
            train_loss=float(result.losses_N.mean()),
            memorized_share=float(result.status_N.mean()),
            test_accuracy=None,
            seconds=0.0,
            recorded=time.time(),
        )
        self._context.writer.end_epoch(record, result, epochs_left=0)
