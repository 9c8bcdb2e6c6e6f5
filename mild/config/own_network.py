"""Where the code of a network of one's own lies, and whether it may be run from there."""

from __future__ import annotations

import sys
from pathlib import Path

from mild.config.folders import runs_root
from mild.config.settings import RunConfig


def folder_of(config: RunConfig) -> Path:
    """Return the folder that `module:function` is looked for in, as it was asked for."""
    return Path(config.model_folder or ".").expanduser().absolute()


def refusal(config: RunConfig) -> str | None:
    """Say why code that may have come with a run or a data set is not run; None of any other.

    Whoever hands over a run names its network: without this, to resume that run would be to run
    their code.
    """
    brought = {"the runs folder": runs_root(), "the data set's folder": _images(config)}
    for what, place in brought.items():
        if place is None:
            continue
        if any(found.is_relative_to(place.resolve()) for found in _may_lie(config)):
            return (
                f"model {config.model!r}: its module lies in {what}, and code that a run or a data "
                "set brings along is not run. If it is yours, move it elsewhere, and name that "
                "folder with --model-folder."
            )
    return None


def _may_lie(config: RunConfig) -> list[Path]:
    """List where Python would look for the module: a name such as runs.theirs.net leads inside."""
    parts = config.model.partition(":")[0].split(".")
    bases = (folder_of(config), *map(Path, sys.path))
    return [folder_of(config).resolve(), *(base.joinpath(*parts).resolve() for base in bases)]


def _images(config: RunConfig) -> Path | None:
    if config.data.path is None:
        return None
    path = Path(config.data.path).expanduser()
    return path if path.is_dir() else None
