"""One epoch over a set of instances, and what the held-out part is taken for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from mild.training.loop.epoch_recording import EpochRecording
from mild.training.pipeline.resident import shuffled
from mild.training.runtime.context import TrainingContext

TEST_BATCH = 2048
"""Instances at a time where nothing is learned from them."""
TEST_PIXELS = TEST_BATCH * 32 * 32
"""Fewer instances where they are large, so that they fit the device."""


def train_epoch(
    context: TrainingContext,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    index_N: torch.Tensor,
    generator: torch.Generator,
    recording: EpochRecording,
    on_batch: Callable[[float], None],
) -> None:
    """Train on every instance once, recording what the network made of it just before each step.

    `index_N` tells the instance in each slot; `on_batch` is told the share of the epoch done. Of
    several processes each trains on its share of every batch; `network` averages their gradients.
    """
    network.train()
    n_done, ranks = 0, context.ranks
    order = shuffled(len(index_N), context.config.optimizer.batch_size, generator, ranks.world_size)
    augmented = context.images.batches(
        [index_N[slot_B] for slot_B in order], context.config.augmentation, generator, ranks.share
    )
    for whole_B, images in zip(order, augmented, strict=True):
        on_batch(n_done / len(index_N))
        slot_B = ranks.share.of(whole_B)
        given_B = context.given_N[index_N[slot_B]]
        with context.autocast():
            logits_BC = network(images)
        losses_B = functional.cross_entropy(logits_BC.float(), given_B, reduction="none")
        recording.add(slot_B, logits_BC, given_B, losses_B)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(scaler.scale(ranks.mean(losses_B, len(whole_B))))
        scaler.step(optimizer)
        scaler.update()
        n_done += len(whole_B)


@torch.no_grad()
def watch(
    context: TrainingContext,
    network: nn.Module,
    index_N: torch.Tensor,
    first: int,
    recording: EpochRecording,
    on_batch: Callable[[], None],
) -> None:
    """Record the slots from `first` on, without training on them.

    They are seen as they are, by the network as the epoch leaves it, in evaluation mode.
    """
    network.eval()
    order = torch.split(
        torch.arange(first, len(index_N), device=context.device), _at_a_time(context)
    )
    share = context.ranks.share
    as_they_are = context.images.batches([index_N[slot_B] for slot_B in order], share=share)
    for whole_B, images in zip(order, as_they_are, strict=True):
        on_batch()
        slot_B = share.of(whole_B)
        given_B = context.given_N[index_N[slot_B]]
        with context.autocast():
            logits_BC = network(images)
        losses_B = functional.cross_entropy(logits_BC.float(), given_B, reduction="none")
        recording.add(slot_B, logits_BC, given_B, losses_B)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """What a network takes the held-out part for."""

    predictions_M: torch.Tensor
    """On the device; of several processes each has those of its share, and zeros."""
    accuracy: float | None
    """Share predicted correctly; None where nothing is held out."""


@torch.no_grad()
def predict_held_out(context: TrainingContext, network: nn.Module) -> HeldOut:
    """Show the network every held-out instance as it is."""
    n = len(context.test_images)
    predictions_M = torch.zeros(n, dtype=torch.int32, device=context.device)
    if not n:
        return HeldOut(predictions_M=predictions_M, accuracy=None)
    network.eval()
    n_right = torch.zeros((), dtype=torch.int64, device=context.device)
    order = torch.split(torch.arange(n, device=context.device), _at_a_time(context))
    share = context.ranks.share
    as_they_are = context.test_images.batches(order, share=share)
    for whole_B, images in zip(order, as_they_are, strict=True):
        with context.autocast():
            predictions_B = network(images).argmax(dim=1)
        mine_B = share.of(whole_B)
        predictions_M[mine_B] = predictions_B.to(torch.int32)
        n_right += (predictions_B == context.test_labels_M[mine_B]).sum()
    return HeldOut(predictions_M=predictions_M, accuracy=float(context.ranks.total(n_right)) / n)


def _at_a_time(context: TrainingContext) -> int:
    height, width = context.image_size
    return max(1, min(TEST_BATCH, TEST_PIXELS // (height * width)))
