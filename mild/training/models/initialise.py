"""A network at its beginning: drawn from the run's seed, or read from the weights asked for."""

from __future__ import annotations

from torch import nn

from mild.training.models.by_name import build_network
from mild.training.runtime.context import Workplace
from mild.training.runtime.seeds import torch_seed


def fresh_network(work: Workplace, purpose: str) -> tuple[nn.Module, str]:
    """The network that the run asks for, on the device, and where its weights are from."""
    seed = torch_seed(work.config.seed, purpose)
    network, weights = build_network(work.config, work.n_classes, work.image_size, seed)
    return work.to_device(network), weights


def initialise(work: Workplace, network: nn.Module, purpose: str) -> None:
    """Put a network back to a beginning, each `purpose` to one of its own."""
    fresh, _ = fresh_network(work, purpose)
    network.load_state_dict(fresh.state_dict())
