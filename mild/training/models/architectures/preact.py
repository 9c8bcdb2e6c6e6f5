"""ResNet-18 with pre-activation: normalise, rectify, convolve, and add nothing after the sum.

He, Zhang, Ren, Sun, "Identity Mappings in Deep Residual Networks", ECCV 2016, figure 1 (b). What
came in goes on unchanged where shapes allow it, through all blocks of a stage; the network ends
with one more normalisation, because the last sum has had none.
"""

from __future__ import annotations

import torch
from torch import nn

from mild.training.models.architectures.stem import is_small

WIDTH = 64
"""Channels of the first stage; each later one has twice as many as the one before."""
N_STAGES = 4
BLOCKS_PER_STAGE = 2


class PreActBlock(nn.Module):
    """Two convolutions, each after its own normalisation and rectifier; (B, C, H, W) images."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(n_in)
        self.conv1 = _conv(n_in, n_out, 3, stride)
        self.norm2 = nn.BatchNorm2d(n_out)
        self.conv2 = _conv(n_out, n_out, 3, 1)
        same = stride == 1 and n_in == n_out
        self.shortcut = None if same else _conv(n_in, n_out, 1, stride)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map images (B, C, H, W) to the block's output."""
        active = torch.relu(self.norm1(images))
        # A shortcut that has to change the shape starts from the activated input, as in the paper.
        carried = images if self.shortcut is None else self.shortcut(active)
        inner: torch.Tensor = self.conv2(torch.relu(self.norm2(self.conv1(active))))
        return inner + carried


def for_image_side(n_classes: int, image_side: int) -> nn.Module:
    """Build the network for images whose smaller side has so many pixels."""
    return preact_resnet18(n_classes, small_images=is_small(image_side))


def preact_resnet18(n_classes: int, *, small_images: bool, width: int = WIDTH) -> nn.Module:
    """Build the network anew; `small_images` leaves out what shrinks at the start."""
    layers: list[nn.Module] = (
        [_conv(3, width, 3, 1)]
        if small_images
        else [_conv(3, width, 7, 2), nn.MaxPool2d(3, stride=2, padding=1)]
    )
    n_in = width
    for stage in range(N_STAGES):
        for block in range(BLOCKS_PER_STAGE):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(PreActBlock(n_in, width * 2**stage, stride))
            n_in = width * 2**stage
    layers += [nn.BatchNorm2d(n_in), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    network = nn.Sequential(*layers, nn.Linear(n_in, n_classes))
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network


def _conv(n_in: int, n_out: int, size: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(n_in, n_out, size, stride=stride, padding=size // 2, bias=False)
