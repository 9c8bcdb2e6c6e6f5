"""torchvision's residual networks, with the stem that small images need."""

from __future__ import annotations

from torch import nn

from mild.training.models.torchvision_any import build


def resnet18(n_classes: int, image_side: int) -> nn.Module:
    """Build ResNet-18 for images whose smaller side has so many pixels."""
    return build("resnet18", n_classes, image_side)


def resnet34(n_classes: int, image_side: int) -> nn.Module:
    """Build ResNet-34 for images whose smaller side has so many pixels."""
    return build("resnet34", n_classes, image_side)


def resnet50(n_classes: int, image_side: int) -> nn.Module:
    """Build ResNet-50 for images whose smaller side has so many pixels."""
    return build("resnet50", n_classes, image_side)
