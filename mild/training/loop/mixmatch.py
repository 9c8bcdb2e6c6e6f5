"""MixMatch: what was kept is learned by its labels, what was dropped by the network's own guesses.

Source: Berthelot et al., "MixMatch: A Holistic Approach to Semi-Supervised Learning", NeurIPS 2019,
arXiv 1905.02249. Labels of dropped instances are never looked at.

Batch normalisation: all images of a step, labeled and not, go through the network in one pass and
share one mean and variance. That is what the paper's interleaving is for, where a pass over all of
them at once was too large; with separate passes, each kind would be normalised by itself, and the
network could tell labeled from unlabeled by that. The pass before it, which only guesses labels,
moves no running statistics.

Axes: B labeled instances of a batch, U = 2 B views of unlabeled ones, M = B + U, C classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from mild.config import FinalConfig
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.pipeline.resident import shuffled
from mild.training.runtime.context import TrainingContext

N_VIEWS = 2
"""How often each unlabeled image is varied to guess its label (K in the paper)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlabeled:
    """The instances without labels, and how much they count."""

    index_N: torch.Tensor
    settings: FinalConfig


def train_mixmatch_epoch(
    context: TrainingContext,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    index_N: torch.Tensor,
    generator: torch.Generator,
    unlabeled: Unlabeled,
    epoch: int,
    recording: EpochRecording,
    on_batch: Callable[[float], None],
) -> None:
    """Train on every labeled instance once, each beside an unlabeled one.

    Parameters
    ----------
    index_N
        The labeled instance in each slot.
    epoch
        Counted from 1; the unlabeled loss is ramped up over the first epochs.
    recording
        Is told the loss of each labeled slot, the unlabeled part included, and whether the network
        gives its label to the image as mixed.
    """
    network.train()
    settings = unlabeled.settings
    order = shuffled(len(index_N), context.config.optimizer.batch_size, generator)
    drawn_N = _draw(unlabeled.index_N, len(index_N), generator)
    unlabeled_order = torch.split(drawn_N, [len(slot_B) for slot_B in order])
    seen = [
        torch.cat([index_N[slot_B], *[drawn_B] * N_VIEWS])
        for slot_B, drawn_B in zip(order, unlabeled_order, strict=True)
    ]
    mixing = _Mixing(seen, settings.mixup_alpha, generator)
    augmented = context.images.batches(seen, context.config.augmentation, generator)
    for step, (slot_B, images) in enumerate(zip(order, augmented, strict=True)):
        share = step / len(order)
        on_batch(share)
        given_B = context.given_N[index_N[slot_B]]
        targets_MC = _targets(context, network, images, given_B, settings.temperature)
        mixed, targets_MC = mixing(step, images, targets_MC)
        with context.autocast():
            logits_MC = network(mixed)
        labeled_B, unlabeled_loss = losses(logits_MC.float(), targets_MC, len(slot_B))
        losses_B = labeled_B + weight_of_unlabeled(settings, epoch - 1 + share) * unlabeled_loss
        recording.add(slot_B, logits_MC[: len(slot_B)], given_B, losses_B)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(scaler.scale(losses_B.mean()))
        scaler.step(optimizer)
        scaler.update()


def sharpen(probabilities_UC: torch.Tensor, temperature: float) -> torch.Tensor:
    """Raise the likelier probabilities; temperature 1 changes nothing, 0 leaves one."""
    powers_UC = probabilities_UC ** (1 / temperature)
    return powers_UC / powers_UC.sum(dim=1, keepdim=True)


def losses(
    logits_MC: torch.Tensor, targets_MC: torch.Tensor, n_labeled: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute each labeled instance's cross entropy (B,), and the unlabeled ones' squared error."""
    log_probabilities_MC = logits_MC.log_softmax(dim=1)
    labeled_B = -(targets_MC * log_probabilities_MC)[:n_labeled].sum(dim=1)
    difference_UC = log_probabilities_MC[n_labeled:].exp() - targets_MC[n_labeled:]
    return labeled_B, difference_UC.square().mean()


def weight_of_unlabeled(settings: FinalConfig, epochs_done: float) -> float:
    """Weigh the unlabeled loss after so many epochs: from 0 to lambda_u along a line."""
    ramp = settings.ramp_up
    return settings.lambda_u * (min(1.0, epochs_done / ramp) if ramp else 1.0)


@torch.no_grad()
def _targets(
    context: TrainingContext,
    network: nn.Module,
    images: torch.Tensor,
    given_B: torch.Tensor,
    temperature: float,
) -> torch.Tensor:
    """Return what each image shall be taken for: its given label, or the guess its views share."""
    with running_statistics_kept(network), context.autocast():
        logits_UC = network(images[len(given_B) :])
    views = logits_UC.float().softmax(dim=1).view(N_VIEWS, len(given_B), context.n_classes)
    guesses_BC = sharpen(views.mean(dim=0), temperature)
    labels_BC = functional.one_hot(given_B, context.n_classes).float()
    return torch.cat([labels_BC, *[guesses_BC] * N_VIEWS])


@contextmanager
def running_statistics_kept(network: nn.Module) -> Iterator[None]:
    """Normalise by the batch, as in training, and leave the running statistics as they are.

    They are what the network predicts by; images that are only guessed about, unmixed and twice as
    many as the labeled ones, are not what it learns from.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


class _Mixing:
    """MixUp: every image, and its target, blended with another of the same step."""

    def __init__(self, seen: list[torch.Tensor], alpha: float, generator: torch.Generator) -> None:
        device = generator.device
        seed = torch.randint(2**62, (), generator=generator, device=device)
        own_share = np.random.default_rng(int(seed)).beta(alpha, alpha, sum(map(len, seen)))
        own_share = np.maximum(own_share, 1 - own_share).astype(np.float32)
        own_share_on_device = torch.from_numpy(own_share).to(device)
        self._own_share = torch.split(own_share_on_device, [len(index_M) for index_M in seen])
        self._other = [
            torch.randperm(len(index_M), generator=generator, device=device) for index_M in seen
        ]

    def __call__(
        self, step: int, images: torch.Tensor, targets_MC: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Blend images and targets of the step; of each, at least half is its own."""
        own_M, other_M = self._own_share[step], self._other[step]
        mixed = torch.lerp(images[other_M], images, own_M.view(-1, 1, 1, 1))
        targets_MC = torch.lerp(targets_MC[other_M], targets_MC, own_M.view(-1, 1))
        return mixed.contiguous(memory_format=torch.channels_last), targets_MC


def _draw(index_N: torch.Tensor, n: int, generator: torch.Generator) -> torch.Tensor:
    """Draw `n` of the instances, all of them as often as each other, or once more."""
    orders = [
        torch.randperm(len(index_N), generator=generator, device=generator.device)
        for _ in range(math.ceil(n / len(index_N)))
    ]
    return index_N[torch.cat(orders)[:n]]
