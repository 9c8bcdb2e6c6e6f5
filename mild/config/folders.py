"""The folders of this machine that runs and caches lie in, and the room there is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def runs_root() -> Path:
    """Return the folder of all runs: `MILD_RUNS_DIR`, else `./runs`."""
    return Path(os.environ.get("MILD_RUNS_DIR") or "runs").absolute()


def cache_root() -> Path:
    """Return the folder of what can be made anew: `MILD_CACHE_DIR`, else beside the runs folder."""
    asked = os.environ.get("MILD_CACHE_DIR")
    root = runs_root()
    return Path(asked).absolute() if asked else root.with_name(f"{root.name}-cache")


def free_bytes(folder: Path) -> int:
    """Return how much room is free where a folder lies, or is to be made.

    Raises
    ------
    OSError
        If that cannot be told.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free
