"""EfficientNet-Lite0: small, fast on processors, with published weights of 18 MB.

Tan and Le, "EfficientNet", ICML 2019; the Lite form has neither squeeze-and-excitation nor swish.
Layers bear the names that its published weights have. Axes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

BN_EPSILON = 1e-3
BN_MOMENTUM = 0.01
DROPOUT = 0.2
N_FEATURES = 1280
STAGES = (
    # blocks, kernel, stride, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


class SameConv2d(nn.Conv2d):
    """A convolution whose output is as large as its input over the stride, rounded up.

    TensorFlow, where the weights were trained, pads more on the right where the padding is odd.
    """

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Convolve images (B, C, H, W)."""
        height, width = (self._missing(side) for side in images.shape[2:])
        padding = (width // 2, width - width // 2, height // 2, height - height // 2)
        padded = functional.pad(images, padding) if any(padding) else images
        return super().forward(padded)

    def _missing(self, side: int) -> int:
        kernel, stride = self.kernel_size[0], self.stride[0]
        return max((-(-side // stride) - 1) * stride + kernel - side, 0)


class Block(nn.Module):
    """Widen, convolve each channel by itself, narrow; added to what came in where shapes allow."""

    def __init__(self, n_in: int, n_out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        n_wide = n_in * expansion
        if expansion > 1:
            self._expand_conv = SameConv2d(n_in, n_wide, 1, bias=False)
            self._bn0 = _norm(n_wide)
        self._depthwise_conv = SameConv2d(
            n_wide, n_wide, kernel, stride=stride, groups=n_wide, bias=False
        )
        self._bn1 = _norm(n_wide)
        self._project_conv = SameConv2d(n_wide, n_out, 1, bias=False)
        self._bn2 = _norm(n_out)
        self._widens = expansion > 1
        self._adds = stride == 1 and n_in == n_out

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map (B, C, H, W) to the block's output."""
        wide = images
        if self._widens:
            wide = functional.relu6(self._bn0(self._expand_conv(images)))
        wide = functional.relu6(self._bn1(self._depthwise_conv(wide)))
        narrow: torch.Tensor = self._bn2(self._project_conv(wide))
        return narrow + images if self._adds else narrow


class EfficientNetLite(nn.Module):
    """Images (B, 3, H, W) to logits (B, n_classes)."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, stride=2, bias=False)
        self._bn0 = _norm(32)
        blocks, n_in = [], 32
        for n_blocks, kernel, stride, expansion, n_out in STAGES:
            for number in range(n_blocks):
                blocks.append(Block(n_in, n_out, kernel, stride if number == 0 else 1, expansion))
                n_in = n_out
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = SameConv2d(n_in, N_FEATURES, 1, bias=False)
        self._bn1 = _norm(N_FEATURES)
        self._dropout = nn.Dropout(DROPOUT)
        self._fc = nn.Linear(N_FEATURES, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Compute logits of images (B, 3, H, W)."""
        maps = functional.relu6(self._bn0(self._conv_stem(images)))
        maps = functional.relu6(self._bn1(self._conv_head(self._blocks(maps))))
        logits: torch.Tensor = self._fc(self._dropout(maps.mean(dim=(2, 3))))
        return logits


def efficientnet_lite0(n_classes: int, image_side: int) -> nn.Module:
    """Build the network, freshly initialised, for images of 32 pixels a side and more."""
    return EfficientNetLite(n_classes)


def _norm(n: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(n, eps=BN_EPSILON, momentum=BN_MOMENTUM)
