"""Networks by name, by file of weights, or of the user's own."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn

from mild.access.paths import closed
from mild.config import RunConfig, own_network
from mild.config.networks import NETWORKS, TIMM
from mild.errors import ModelError
from mild.training.models.architectures.stem import LARGE_IMAGE
from mild.training.models.own import own_model
from mild.training.models.published import published_file
from mild.training.models.weights import load_weights

AS_IT_IS = "torchvision_any:build"
"""How the builder of networks ends that have no stem to exchange, so that images must be as large
as theirs takes; of residual networks, which have one, any size is."""


def build_network(
    config: RunConfig,
    n_classes: int,
    image_size: tuple[int, int],
    seed: int,
    *,
    say: Callable[[str], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> tuple[nn.Module, str]:
    """Build the network that a run asks for, at its beginning, and say where its weights are from.

    Parameters
    ----------
    image_size
        Height and width in pixels.
    say
        Told where it stands, while published weights are fetched.
    check
        Called meanwhile; raises where the run is to stop.

    Raises
    ------
    ModelError
        If the user's own network, published weights or a file of weights cannot be used.
    """
    if found := closed(config.model, config.weights):
        raise ModelError(" ".join(found))
    if config.model.startswith(TIMM):
        return _of_timm(config, n_classes, image_size, seed, say)
    if ":" in config.model:
        if why := own_network.refusal(config):
            raise ModelError(why)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            folder = own_network.folder_of(config)
            network = own_model(config.model, folder, n_classes, image_size)
    else:
        known = NETWORKS[config.model].published
        expects = known is not None and (config.pretrained or config.freeze)
        if expects or NETWORKS[config.model].builder.endswith(AS_IT_IS):
            _check_side(config.model, min(image_size))
        side = LARGE_IMAGE if expects else min(image_size)  # their stem is that for large images
        network = build_model(config.model, n_classes, side, seed)
    if config.weights is not None:
        return network, load_weights(network, Path(config.weights).expanduser())
    if config.pretrained:
        return network, load_weights(network, published_file(config.model, say, check))
    return network, "Weights are drawn at random."


def blank_network(config: RunConfig, n_classes: int, image_size: tuple[int, int]) -> nn.Module:
    """Build the same network, to be filled with weights that a run came to."""
    large = config.pretrained and config.model in NETWORKS
    size = (LARGE_IMAGE, LARGE_IMAGE) if large else image_size
    drawn = config.model_copy(update={"weights": None, "pretrained": False})
    return build_network(drawn, n_classes, size, seed=0)[0]


def _of_timm(
    config: RunConfig,
    n_classes: int,
    image_size: tuple[int, int],
    seed: int,
    say: Callable[[str], None],
) -> tuple[nn.Module, str]:
    from mild.training.models import timm_any

    fetched = config.pretrained and config.weights is None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = timm_any.build(
            config.model, n_classes, pretrained=fetched, side=min(image_size), say=say
        )
    if config.weights is not None:
        path = Path(config.weights).expanduser()
        return network, load_weights(network, path, timm_any.adapted)
    return network, f"Weights are {'those published by timm' if fetched else 'drawn at random'}."


def _check_side(model: str, side: int) -> None:
    known = NETWORKS[model].published
    if known is not None and side < known.least_side:
        raise ModelError(
            f"model {model!r}: images of {side} pixels a side are smaller than it can take; ask "
            f"for --image-size {known.side}, which its weights were trained on, or leave it out."
        )


def build_model(name: str, n_classes: int, image_side: int, seed: int) -> nn.Module:
    """Build a freshly initialised network from images (B, 3, H, W) to logits (B, n_classes).

    `image_side` is the smaller side of an image in pixels, which decides about the stem.
    """
    module, _, function = NETWORKS[name].builder.partition(":")
    build = getattr(importlib.import_module(module), function)
    if function == "build":  # one function for many networks
        build = partial(build, name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = build(n_classes, image_side)
    return network
