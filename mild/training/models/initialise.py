"""Initialise a network: weights drawn from the run's seed, or read from the file asked for."""

from __future__ import annotations

from torch import nn

from mild.training.models.by_name import build_network
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.seeds import torch_seed


def new_network(context: TrainingContext, purpose: str) -> tuple[nn.Module, str]:
    """The network that the run asks for, on the device, and where its weights are from."""
    seed = torch_seed(context.config.seed, purpose)
    network, weights = build_network(context.config, context.n_classes, context.image_size, seed)
    return context.to_device(network), weights


def initialise(context: TrainingContext, network: nn.Module, purpose: str) -> None:
    """Put a network back to a beginning, each `purpose` to one of its own."""
    new, _ = new_network(context, purpose)
    network.load_state_dict(new.state_dict())
