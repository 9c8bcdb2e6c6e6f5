"""Published weights that lie on this machine already; nothing here imports torch."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from mild.config.networks import NETWORKS

GOOD_FOR_A_LOOK = (
    "efficientnet-lite0", "resnet50", "resnet18", "efficientnet_b0", "resnet34", "convnext_tiny",
    "mobilenet_v3_large", "vit_b_16",
)  # fmt: skip
"""Networks whose features are worth a quick look, those first that are fast and good."""


def at_hand(model: str) -> bool:
    """Tell whether the published weights of a network need not be fetched.

    Examples
    --------
    >>> at_hand("small-cnn")
    False
    """
    known = NETWORKS[model].published if model in NETWORKS else None
    if known is None:
        return False
    if known.package is not None:
        return find_spec(known.package.replace("-", "_")) is not None
    return any(_owner(file.name) == model for file in _fetched().glob("*.pth"))


def quick_model() -> str | None:
    """Choose the network for a quick look whose weights are here; None where none are."""
    return next((model for model in GOOD_FOR_A_LOOK if at_hand(model)), None)


def _owner(file: str) -> str:
    """Find whose weights a fetched file is: the longest name that it begins with."""
    fitting = (name for name in NETWORKS if file.startswith((f"{name}-", f"{name}_")))
    return max(fitting, key=len, default="")


def _fetched() -> Path:
    """Find where torch keeps what it fetched."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "torch"
    return Path(os.environ.get("TORCH_HOME", str(cache))).expanduser() / "hub" / "checkpoints"
