"""The small network: for processors and small images."""

from __future__ import annotations

from torch import nn


def small_cnn(n_classes: int, image_side: int) -> nn.Module:
    """Build four convolutions for processors and small images, halving a side down to 2 pixels."""
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
