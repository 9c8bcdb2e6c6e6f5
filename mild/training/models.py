"""Networks by name. torchvision's are given the stem that small images need."""

from __future__ import annotations

import torch
from torch import nn

SMALL_IMAGE = 64
"""Up to this side, a 7 x 7 convolution of stride 2 and a pooling throw away too much."""


def build_model(name: str, n_classes: int, image_side: int, seed: int) -> nn.Module:
    """A freshly initialised network that maps (B, 3, H, W) images to (B, n_classes) logits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if name == "small-cnn":
            return small_cnn(n_classes, image_side)
        import torchvision  # takes a second, and the small network does without

        network: nn.Module = getattr(torchvision.models, name)(num_classes=n_classes)
        if image_side <= SMALL_IMAGE:
            network.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
            network.maxpool = nn.Identity()
        return network


def small_cnn(n_classes: int, image_side: int) -> nn.Module:
    """For processors and small images: four convolutions, halving a side over 4 pixels."""
    layers: list[nn.Module] = []
    n_in, side = 3, image_side
    for width in (32, 64, 96, 128):
        layers.append(_block(n_in, width))
        if side >= 8:
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
