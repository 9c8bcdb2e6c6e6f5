"""Pretrained weights from a file: nothing is unpickled but tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mild.array_files import check_stored
from mild.errors import ModelError
from mild.training.models.last_layer import last_linear

State = dict[str, torch.Tensor]
Adapt = Callable[[nn.Module, State], State]
"""Brings the tensors of a file into the form that the network has them in."""
SAFETENSORS = ".safetensors"
"""How files end that the Hugging Face hub has."""
WRAPPERS = ("state_dict", "model_state_dict", "model", "net")
"""Keys under which training programs save the state dict beside other things."""
PREFIXES = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before every name."""


def load_weights(network: nn.Module, path: Path, adapt: Adapt = lambda _, state: state) -> str:
    """Put the weights of a file into `network`; its last layer stays new where shapes differ.

    Returns
    -------
    One sentence on what was loaded.

    Raises
    ------
    ModelError
        If the file is missing, is no state dict, or is of another network.
    """
    loaded = _without_prefix(_read(path), network)
    try:
        loaded = adapt(network, loaded)
    except Exception as error:  # of somebody else's, given tensors of anything
        raise ModelError(
            f"weights {path}: they are of another network ({type(error).__name__}); choose the "
            "model that they belong to."
        ) from error
    own = network.state_dict()
    head = _head(network)
    new = [key for key in head if key in loaded and loaded[key].shape != own[key].shape]
    new += [key for key in head if key not in loaded]
    _check_fit(path, own, loaded, head)
    network.load_state_dict(
        {key: loaded.get(key, own[key]) for key in own if key not in new}, strict=False
    )
    which = "all but the last layer (which starts from scratch)" if new else "all layers"
    return f"Weights of {which} are from {path}."


def _read(path: Path) -> State:
    try:
        content = _content(path)
    except ModelError:
        raise
    except FileNotFoundError:
        raise ModelError(f"weights {path}: there is no such file; check the path.") from None
    except OSError as error:
        raise ModelError(
            f"weights {path} cannot be read ({error.strerror}); name a file you can read."
        ) from error
    except Exception as error:  # a damaged file makes zipfile, pickle and torch raise their own
        raise ModelError(
            f"weights {path}: this is not a file of tensors ({type(error).__name__}); save it with "
            "torch.save(network.state_dict(), path)."
        ) from error
    for key in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not _is_state(content):
        raise ModelError(
            f"weights {path}: it holds {type(content).__name__} without the tensors of a network; "
            "save it with torch.save(network.state_dict(), path)."
        )
    return dict(content)


def _content(path: Path) -> Any:
    if path.suffix != SAFETENSORS:
        check_stored(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    try:
        from safetensors.torch import load_file
    except ImportError:
        raise ModelError(
            f"weights {path}: to read them, the package safetensors is needed; run "
            "pip install safetensors."
        ) from None
    return load_file(path)


def _is_state(content: Any) -> bool:
    return (
        isinstance(content, Mapping)
        and len(content) > 0
        and all(isinstance(item, torch.Tensor) for item in content.values())
    )


def _without_prefix(state: State, network: nn.Module) -> State:
    own = network.state_dict()
    for prefix in PREFIXES:
        if all(key.startswith(prefix) for key in state) and not any(key in own for key in state):
            state = {key.removeprefix(prefix): item for key, item in state.items()}
    return state


def _head(network: nn.Module) -> tuple[str, ...]:
    """Return the names of what maps features to classes: the last linear layer."""
    if (found := last_linear(network)) is None:
        return ()
    return tuple(key for key in network.state_dict() if key.rpartition(".")[0] == found[0])


def _check_fit(path: Path, own: State, loaded: State, head: tuple[str, ...]) -> None:
    # Counters of batches are newer than many files, and nothing in training reads them.
    needed = [key for key in own if key not in head and not key.endswith("num_batches_tracked")]
    missing = [key for key in needed if key not in loaded]
    if missing:
        raise ModelError(
            f"weights {path}: they are of another network; {len(missing)} of {len(needed)} tensors "
            f"are missing, the first is {missing[0]}. Choose the model that they belong to."
        )
    for key in needed:
        if loaded[key].shape != own[key].shape:
            theirs, ours = tuple(loaded[key].shape), tuple(own[key].shape)
            raise ModelError(
                f"weights {path}: {key} has shape {theirs}, the model's has {ours}; "
                f"{_advice(key, theirs)}"
            )


def _advice(key: str, theirs: tuple[int, ...]) -> str:
    if key in ("conv1.weight", "0.weight") and theirs[-2:] == (7, 7):
        return (
            "they are of a network for large images: ask for images of more than 64 pixels "
            "a side (--image-size 128)."
        )
    return "choose the model that they belong to."
