"""What is known of published weights before they are there: size, licence, what they expect."""

from __future__ import annotations

from dataclasses import dataclass

Channels = tuple[float, float, float]
IMAGENET_MEAN: Channels = (0.485, 0.456, 0.406)
IMAGENET_STD: Channels = (0.229, 0.224, 0.225)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """Weights that somebody trained on ImageNet and gave away."""

    side: int
    """Pixels a side of the images they were trained on."""
    least_side: int = 1
    """The network cannot take smaller images."""
    megabytes: int
    n_parameters: int = 0
    """Of the network that they are of, its last layer for 1,000 classes among them; 0: unknown."""
    licence: str
    package: str | None = None
    """The package of the index that holds the file; None where torchvision knows an address."""
    mean_C: Channels = IMAGENET_MEAN
    """Subtracted from each channel, in units of 255."""
    std_C: Channels = IMAGENET_STD
    """By which each channel is then divided."""
