"""Initialise a network: weights drawn from the run's seed, or read from the file asked for."""

from __future__ import annotations

from torch import nn

from mild.training.features.head import new_head
from mild.training.features.pipeline import FeatureBatches
from mild.training.models.by_name import build_network
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.seeds import torch_seed


def new_network(context: TrainingContext, purpose: str) -> tuple[nn.Module, str]:
    """Make the network that the run asks for, on the device, and say where its weights are from."""
    seed, config = torch_seed(context.config.seed, purpose), context.config
    if isinstance(context.images, FeatureBatches):
        features_ND = context.images.features_ND
        head = new_head(features_ND, context.n_classes, config.head, seed).to(context.device)
        return head, "Only a head is trained; it starts from scratch."
    network, weights = build_network(
        config,
        context.n_classes,
        context.image_size,
        seed,
        say=lambda sentence: context.writer.set_state("preparing", sentence),
        check=context.stop.check,
    )
    return context.to_device(network), weights


def initialise(context: TrainingContext, network: nn.Module, purpose: str) -> None:
    """Put a network back to a beginning, each `purpose` to one of its own."""
    new, _ = new_network(context, purpose)
    network.load_state_dict(new.state_dict())
