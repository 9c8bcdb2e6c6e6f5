"""Any network of the package timm, where it is installed: `timm:NAME`."""

from __future__ import annotations

import importlib
from typing import Any

from torch import nn

from mild.config.networks import TIMM
from mild.config.published import Published
from mild.errors import ModelError


def build(model: str, n_classes: int, *, pretrained: bool, side: int | None) -> nn.Module:
    """The network, with its published weights where they are asked for.

    Raises
    ------
    ModelError
        If timm is missing, knows no such network, or cannot fetch the weights.
    """
    timm, name = _timm(model), model.removeprefix(TIMM)
    sized = {"img_size": side} if side is not None and _has_fixed_size(timm, name) else {}
    try:
        network: nn.Module = timm.create_model(
            name, pretrained=pretrained, num_classes=n_classes, **sized
        )
    except Exception as error:  # timm, its hub and the network each raise their own
        text = " ".join(str(error).split())[:200]
        advice = (
            "try again with a connection, or bring the file and name it with --weights"
            if pretrained
            else "correct the name; timm.list_models() has them all"
        )
        raise ModelError(
            f"model {model!r}: timm cannot make it ({type(error).__name__}: {text}); {advice}."
        ) from error
    return network


def published(model: str) -> Published:
    """What the weights of a network of timm expect."""
    timm, name = _timm(model), model.removeprefix(TIMM)
    try:
        known = timm.get_pretrained_cfg(name)
    except Exception as error:  # timm raises its own for a name it does not know
        raise ModelError(f"model {model!r}: timm knows no such network.") from error
    if known is None:
        raise ModelError(f"model {model!r}: timm knows no published weights for it.")
    return Published(
        side=int(known.input_size[-1]),
        megabytes=0,
        licence=known.license or "see its page on the Hugging Face hub",
        mean_C=tuple(known.mean),
        std_C=tuple(known.std),
    )


def _has_fixed_size(timm: Any, name: str) -> bool:
    known = timm.get_pretrained_cfg(name)
    return known is not None and bool(known.fixed_input_size)


def _timm(model: str) -> Any:
    try:
        return importlib.import_module("timm")
    except ImportError as error:
        raise ModelError(
            f"model {model!r}: the package timm is not installed; run pip install timm, or choose "
            "a network without 'timm:' before its name."
        ) from error
