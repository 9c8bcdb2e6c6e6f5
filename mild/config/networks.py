"""Networks by name: which there are, and what builds each. Nothing here imports torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """A network that can be asked for by name."""

    name: str
    builder: str
    """`module:function`, called with the number of classes and the smaller side of an image in
    pixels; it chooses a stem that leaves enough of such an image, and returns an nn.Module."""
    n_parameters: int = 0
    """At least so many, whatever the data: whether there is room for them is asked beforehand."""


NETWORKS = {
    item.name: item
    for item in (
        Network(
            name="small-cnn",
            builder="mild.training.models.small_cnn:small_cnn",
            n_parameters=180_000,
        ),
        Network(
            name="resnet18",
            builder="mild.training.models.resnets:resnet18",
            n_parameters=11_000_000,
        ),
        Network(
            name="resnet34",
            builder="mild.training.models.resnets:resnet34",
            n_parameters=21_000_000,
        ),
        Network(
            name="resnet50",
            builder="mild.training.models.resnets:resnet50",
            n_parameters=23_000_000,
        ),
        Network(
            name="preact-resnet18",
            builder="mild.training.models.preact:for_images_of",
            n_parameters=11_000_000,
        ),
    )
}
"""Every network by its name, in the order in which to offer them."""
MODELS = tuple(NETWORKS)
"""Networks by name."""
