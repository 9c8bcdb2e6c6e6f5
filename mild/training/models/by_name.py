"""Networks by name, by file of weights, or of the user's own.

torchvision's are given the stem that small images need.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from mild.config import RunConfig
from mild.training.models.own import own_model
from mild.training.models.preact import preact_resnet18
from mild.training.models.weights import load_weights

SMALL_IMAGE = 64
"""Up to this side, a 7 x 7 convolution of stride 2 and a pooling throw away too much."""


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
    """A freshly initialised network that maps (B, 3, H, W) images to (B, n_classes) logits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if name == "small-cnn":
            return small_cnn(n_classes, image_side)
        if name == "preact-resnet18":
            return preact_resnet18(n_classes, small_images=image_side <= SMALL_IMAGE)
        import torchvision  # takes a second, and the small network does without

        network: nn.Module = getattr(torchvision.models, name)(num_classes=n_classes)
        if image_side <= SMALL_IMAGE:
            network.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
            network.maxpool = nn.Identity()
        return network


def small_cnn(n_classes: int, image_side: int) -> nn.Module:
    """For processors and small images: four convolutions, halving a side down to 2 pixels."""
    layers: list[nn.Module] = []
    n_in, side = 3, image_side
    for width in (32, 64, 96, 128):
        layers.append(_block(n_in, width))
        if side >= 4:
            layers.append(nn.MaxPool2d(2))
            side //= 2
        n_in = width
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * n_in, n_classes)
    )


def _block(n_in: int, n_out: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(inplace=True),
    )
