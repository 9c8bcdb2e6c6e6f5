"""The context of training: data, writer and stop request of a run, on its device."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import nn

from mild.config import AugmentationConfig, RunConfig
from mild.data.dataset import ImageArray
from mild.store.writer import RunWriter
from mild.training.distributed.process_group import ALONE, ProcessGroup
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.models.last_layer import with_float32_logits
from mild.training.pipeline.interface import Pipeline
from mild.training.pipeline.prepare import Prepared
from mild.training.pipeline.resident import ResidentImages
from mild.training.runtime.automatic import augmentation, n_threads, n_workers
from mild.training.runtime.memory import n_cores
from mild.training.runtime.precision import Precision
from mild.training.runtime.stop import Stop

DEFAULT = Precision()
SHOW_SECONDS = 1.0
"""How often the epoch under way is shown to readers."""


@dataclass(frozen=True, kw_only=True)
class TrainingContext:
    """The run's data on its device, its writer, and its stop request."""

    config: RunConfig
    device: torch.device
    writer: RunWriter
    stop: Stop
    images: Pipeline
    given_N: torch.Tensor
    """Given labels of the whole training set, by index."""
    test_images: Pipeline
    test_labels_M: torch.Tensor
    n_classes: int
    ranks: ProcessGroup = ALONE
    """The processes of the run, each with a context of its own."""
    precision: Precision = DEFAULT
    """The number format that networks compute in."""

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of an image in pixels."""
        return self.images.image_size

    def autocast(self) -> AbstractContextManager[object]:
        """Compute a network's output in the run's number format."""
        return self.precision.autocast(self.device.type)

    def to_device(self, network: nn.Module) -> nn.Module:
        """Move a network here, in the memory order its convolutions are fastest in."""
        network = with_float32_logits(network, self.n_classes)
        network = self.ranks.with_sync_batchnorm(network, self.device)
        return network.to(self.device).to(memory_format=torch.channels_last)


def make_context(
    config: RunConfig,
    prepared: Prepared,
    device: torch.device,
    writer: RunWriter,
    stop: Stop,
    ranks: ProcessGroup = ALONE,
) -> TrainingContext:
    """Move the data set to the device, and settle what the config leaves open.

    The labels are those of the first of several processes.
    """
    images, test_images = _pipelines(config, prepared, device, writer, ranks, stop)
    given_N = ranks.broadcast(lambda: torch.from_numpy(prepared.given_N), len(images))
    side = min(images.image_size)
    settled, reason = augmentation(config.augmentation, config.data.source, side)
    if config.freeze:
        settled = AugmentationConfig(crop_padding=0, flip=False)
        reason = "not varied: the features of an image are computed once"
    writer.facts(augmentation=settled.model_dump(), augmentation_reason=reason)
    if device.type == "cpu":
        threads, why = n_threads(side, torch.get_num_threads())
        if config.freeze:
            threads, why = 1, "one thread: a head is too small to share out"
        torch.set_num_threads(threads)
        writer.facts(n_threads=threads, n_threads_reason=why)
    return TrainingContext(
        config=config.model_copy(update={"augmentation": settled}),
        device=device,
        writer=writer,
        stop=ranks.shared_stop(stop),
        images=images,
        given_N=given_N.to(device),
        test_images=test_images,
        test_labels_M=torch.from_numpy(prepared.test_labels_M).to(device),
        n_classes=prepared.n_classes,
        ranks=ranks,
    )


def _pipelines(
    config: RunConfig,
    prepared: Prepared,
    device: torch.device,
    writer: RunWriter,
    ranks: ProcessGroup,
    stop: Stop,
) -> tuple[Pipeline, Pipeline]:
    """Make what feeds training, and what feeds the test."""
    from mild.training.features.frozen import feature_batches, normalised_by

    if config.freeze:
        parts = (prepared.images, prepared.test_images)
        return feature_batches(config, parts, device, writer, stop.check)
    channels = normalised_by(config)
    if prepared.streamed is None:
        images = ResidentImages(prepared.images.read_all(), device, like=None, channels=channels)
        return images, ResidentImages(prepared.test_images.read_all(), device, like=images)
    from mild.training.pipeline.decoding import (
        Readers,  # torchvision takes a second, and is of use here only
    )
    from mild.training.pipeline.streaming import StreamedImages

    n, why = n_workers(
        config.data.workers,
        in_memory=isinstance(prepared.images, ImageArray),
        device_type=device.type,
        n_cores=max(1, n_cores() // ranks.local_world_size),
    )
    writer.facts(n_workers=n, n_workers_reason=why)
    parts = (prepared.images, prepared.test_images)
    readers = Readers(parts, n, pin=device.type == "cuda")
    channels = channels or (prepared.streamed.mean_C, prepared.streamed.std_C)
    return (
        StreamedImages(readers, 0, device, *channels),
        StreamedImages(readers, 1, device, *channels),
    )


class BatchProgress:
    """Called at each batch: stops when asked to, and shows now and then where training is."""

    def __init__(self, context: TrainingContext, stage: int, epochs_left: int) -> None:
        self._context = context
        self._stage = stage
        self.epochs_left = epochs_left
        self._shown = time.monotonic()

    def __call__(self, epoch: int, share: float, recording: EpochRecording | None) -> None:
        """Stop where that is asked for; else tell readers, once a second."""
        self._context.stop.check()
        if time.monotonic() - self._shown < SHOW_SECONDS:
            return
        self._shown = time.monotonic()
        self._context.writer.beat(
            stage=self._stage, epoch=epoch, share_of_epoch=share, epochs_left=self.epochs_left
        )
        if recording is not None:
            self._context.writer.current(recording.current().numpy())
