"""Networks by name, by file of weights, or of the user's own."""

from __future__ import annotations

import importlib
from pathlib import Path

import torch
from torch import nn

from mild.config import RunConfig
from mild.config.networks import NETWORKS
from mild.training.models.own import own_model
from mild.training.models.weights import load_weights


def build_network(
    config: RunConfig, n_classes: int, image_size: tuple[int, int], seed: int
) -> tuple[nn.Module, str]:
    """The network that a run asks for, at its beginning, and where its weights are from.

    Parameters
    ----------
    image_size
        Height and width in pixels.

    Raises
    ------
    ModelError
        If the user's own network or file of weights cannot be used.
    """
    if ":" in config.model:
        folder = Path(config.model_folder or ".").absolute()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = own_model(config.model, folder, n_classes, image_size)
    else:
        network = build_model(config.model, n_classes, min(image_size), seed)
    if config.weights is None:
        return network, "Weights are drawn at random."
    return network, load_weights(network, Path(config.weights))


def build_model(name: str, n_classes: int, image_side: int, seed: int) -> nn.Module:
    """A freshly initialised network that maps (B, 3, H, W) images to (B, n_classes) logits.

    `image_side` is the smaller side of an image in pixels, which decides about the stem.
    """
    module, _, function = NETWORKS[name].builder.partition(":")
    build = getattr(importlib.import_module(module), function)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = build(n_classes, image_side)
    return network
