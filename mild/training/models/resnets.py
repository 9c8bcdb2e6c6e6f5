"""torchvision's residual networks, with the stem that small images need."""

from __future__ import annotations

from torch import nn

from mild.training.models.stem import is_small


def resnet18(n_classes: int, image_side: int) -> nn.Module:
    """ResNet-18 for images whose smaller side has so many pixels."""
    return _resnet("resnet18", n_classes, image_side)


def resnet34(n_classes: int, image_side: int) -> nn.Module:
    """ResNet-34 for images whose smaller side has so many pixels."""
    return _resnet("resnet34", n_classes, image_side)


def resnet50(n_classes: int, image_side: int) -> nn.Module:
    """ResNet-50 for images whose smaller side has so many pixels."""
    return _resnet("resnet50", n_classes, image_side)


def _resnet(name: str, n_classes: int, image_side: int) -> nn.Module:
    import torchvision  # takes a second, and the small network does without

    network: nn.Module = getattr(torchvision.models, name)(num_classes=n_classes)
    if is_small(image_side):
        network.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
        network.maxpool = nn.Identity()
    return network
