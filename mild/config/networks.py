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


NETWORKS = {
    item.name: item
    for item in (
        Network(name="small-cnn", builder="mild.training.models.small_cnn:small_cnn"),
        Network(name="resnet18", builder="mild.training.models.resnets:resnet18"),
        Network(name="resnet34", builder="mild.training.models.resnets:resnet34"),
        Network(name="resnet50", builder="mild.training.models.resnets:resnet50"),
        Network(name="preact-resnet18", builder="mild.training.models.preact:for_images_of"),
    )
}
"""Every network by its name, in the order in which to offer them."""
MODELS = tuple(NETWORKS)
"""Networks by name."""
