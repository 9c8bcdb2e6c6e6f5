"""Any network of the package timm, where it is installed: `timm:NAME`."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from mild.config.networks import TIMM
from mild.config.published import Published
from mild.errors import ModelError

BYTES_OF_A_WEIGHT = 4


def build(
    model: str, n_classes: int, *, pretrained: bool, side: int | None, say: Callable[[str], None]
) -> nn.Module:
    """Make the network, with its published weights where they are asked for.

    Parameters
    ----------
    side
        Of the images, in pixels; for networks that are made for one size of image.
    say
        Told what is fetched, and how large it is, before it is.

    Raises
    ------
    ModelError
        If timm is missing, knows no such network, or cannot fetch the weights.
    """
    timm, name = _timm(model), model.removeprefix(TIMM)
    sized = {"img_size": side} if side is not None and _has_fixed_size(timm, model) else {}
    _make = _maker(timm, model, num_classes=n_classes, **sized)
    if pretrained:
        with torch.device("meta"):  # takes no memory
            n_weights = sum(item.numel() for item in _make(pretrained=False).parameters())
        size = n_weights * BYTES_OF_A_WEIGHT / 1e6
        say(f"Fetching the weights of {name} from the Hugging Face hub, about {size:,.0f} MB, once")
    return _make(pretrained=pretrained)


def published(model: str) -> Published | None:
    """Say what the weights of a network of timm expect; None where timm knows none.

    Raises
    ------
    ModelError
        If timm is missing, or knows no such network.
    """
    known = _facts(_timm(model), model)
    if known is None:
        return None
    return Published(
        side=int(known.input_size[-1]),
        megabytes=0,
        licence=known.license or "see its page on the Hugging Face hub",
        mean_C=tuple(known.mean),
        std_C=tuple(known.std),
    )


def _maker(timm: Any, model: str, **options: Any) -> Callable[..., nn.Module]:
    def make(*, pretrained: bool) -> nn.Module:
        try:
            network: nn.Module = timm.create_model(
                model.removeprefix(TIMM), pretrained=pretrained, **options
            )
        except Exception as error:  # timm, its hub and the network each raise their own
            text = " ".join(str(error).split())[:200]
            advice = (
                "try again with a connection (and with an account that may read them), or bring "
                "the file and name it with --weights"
                if pretrained
                else "ask for another size of image (--image-size), or choose another network"
            )
            raise ModelError(
                f"model {model!r}: timm cannot make it ({type(error).__name__}: {text}); {advice}."
            ) from error
        return network

    return make


def _has_fixed_size(timm: Any, model: str) -> bool:
    known = _facts(timm, model)
    return known is not None and bool(known.fixed_input_size)


def _facts(timm: Any, model: str) -> Any:
    """Return what timm says of the weights of a network; None where there are none."""
    name = model.removeprefix(TIMM)
    if not timm.is_model(name.partition(".")[0]):
        like = difflib.get_close_matches(name, timm.list_models(), n=3)
        advice = (
            f"did you mean {' or '.join(like)}?" if like else "timm.list_models() has them all."
        )
        raise ModelError(f"model {model!r}: timm knows no such network; {advice}")
    try:
        return timm.get_pretrained_cfg(name)
    except Exception as error:  # timm raises its own for weights that it does not know
        known = timm.list_pretrained(f"{name.partition('.')[0]}.*")
        raise ModelError(
            f"model {model!r}: timm knows no such weights of this network; it has "
            f"{', '.join(known) or 'none'}."
        ) from error


def _timm(model: str) -> Any:
    try:
        return importlib.import_module("timm")
    except ImportError as error:
        raise ModelError(
            f"model {model!r}: the package timm is not installed; run pip install timm, or choose "
            "a network without 'timm:' before its name."
        ) from error


def adapted(network: nn.Module, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Bring the weights of a file into the form that this network has them in.

    Files of DINOv2, CLIP and other projects have names of their own, and positions for images of
    another size; timm knows for each family what to do about it.
    """
    family = sys.modules[type(network).__module__]
    adapt = getattr(family, "checkpoint_filter_fn", None)
    return state if adapt is None else dict(adapt(state, network))
