"""Any classification network of torchvision, with the stem for small images where it applies."""

from __future__ import annotations

from typing import Any

from torch import nn

from mild.training.models.architectures.stem import is_small

_WITHOUT_AUXILIARY = {"aux_logits": False, "init_weights": True}
_SPECIAL: dict[str, dict[str, Any]] = {
    "googlenet": _WITHOUT_AUXILIARY,
    "inception_v3": _WITHOUT_AUXILIARY,
}


def build(name: str, n_classes: int, image_side: int) -> nn.Module:
    """Build the network of this name, freshly initialised.

    Residual networks begin with a 3 x 3 convolution of stride 1 where images are small; the others
    have no stem that could be exchanged, and take images as they are.
    """
    import torchvision  # takes a second, and the small network does without

    network: nn.Module = torchvision.models.get_model(
        name, weights=None, num_classes=n_classes, **_SPECIAL.get(name, {})
    )
    if isinstance(network, torchvision.models.ResNet) and is_small(image_side):
        network.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
        network.maxpool = nn.Identity()
    return network
