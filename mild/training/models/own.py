"""A network of the user's own: `module:function`, imported, called, and tried on one batch."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mild.errors import ModelError


def own_model(name: str, folder: Path, n_classes: int, image_size: tuple[int, int]) -> nn.Module:
    """Build what `function(n_classes)` of a module in `folder`, or of an installed one, returns.

    Parameters
    ----------
    name
        As `module:function`.
    image_size
        Height and width in pixels; a batch of two such images is passed through once.

    Raises
    ------
    ModelError
        If there is no such module or function, if it fails, or if what it returns is no nn.Module
        that maps images (B, 3, H, W) to logits (B, n_classes).
    """
    module, _, function = name.partition(":")
    build = _find(name, module, function, folder)
    try:
        network = build(n_classes)
    except Exception as error:  # somebody else's code may raise anything
        raise ModelError(
            f"model {name!r}: {function}({n_classes}) failed ({_short(error)}); "
            "it is given the number of classes and must return the network."
        ) from error
    if not isinstance(network, nn.Module):
        raise ModelError(
            f"model {name!r}: {function}({n_classes}) returned {type(network).__name__}; "
            "it must return a torch.nn.Module."
        )
    _try_out(name, network, n_classes, image_size)
    return network


def _find(name: str, module: str, function: str, folder: Path) -> Any:
    # In front, as Python itself does it for a script: the folder's other modules are found, too.
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        found = importlib.import_module(module)
    except Exception as error:  # somebody else's code may raise anything
        if isinstance(error, ModuleNotFoundError) and _is_part(error.name, module):
            raise ModelError(
                f"model {name!r}: there is no module {module!r} in {folder}; start the run from "
                "the folder that holds it, or name that folder with --model-folder."
            ) from error
        raise ModelError(
            f"model {name!r}: importing {module} failed ({_short(error)}); correct it."
        ) from error
    build = getattr(found, function, None)
    if not callable(build):
        what = "has no" if build is None else "holds no callable"
        raise ModelError(
            f"model {name!r}: {module} ({found.__file__ or 'built in'}) {what} {function!r}; "
            "name a function of it that returns the network."
        )
    return build


def _is_part(missing: str | None, module: str) -> bool:
    return missing is not None and (module == missing or module.startswith(f"{missing}."))


@torch.no_grad()
def _try_out(name: str, network: nn.Module, n_classes: int, image_size: tuple[int, int]) -> None:
    """Try one batch, in evaluation mode, so that nothing in the network is changed by it."""
    height, width = image_size
    was_training = network.training
    network.eval()
    try:
        logits = network(torch.zeros(2, 3, height, width))
    except Exception as error:  # somebody else's code may raise anything
        raise ModelError(
            f"model {name!r}: it cannot take a batch of two images of {height} x {width} pixels "
            f"({_short(error)}); it must take float images (B, 3, {height}, {width})."
        ) from error
    network.train(was_training)
    if not isinstance(logits, torch.Tensor) or logits.shape != (2, n_classes):
        given = (
            f"a tensor of shape {tuple(logits.shape)}"
            if isinstance(logits, torch.Tensor)
            else type(logits).__name__
        )
        raise ModelError(
            f"model {name!r}: it makes {given} of a batch of two images; "
            f"logits of shape (2, {n_classes}) are needed, one column per class."
        )
    if not any(item.requires_grad for item in network.parameters()):
        raise ModelError(
            f"model {name!r}: it has no parameters to train; leave some of them unfrozen."
        )


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
