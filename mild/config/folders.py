"""The folders of this machine that runs and caches lie in."""

from __future__ import annotations

import os
from pathlib import Path


def runs_root() -> Path:
    """Return the folder of all runs: `MILD_RUNS_DIR`, else `./runs`."""
    return Path(os.environ.get("MILD_RUNS_DIR") or "runs").absolute()


def cache_root() -> Path:
    """Return the folder of what can be made anew: `MILD_CACHE_DIR`, else beside the runs folder."""
    asked = os.environ.get("MILD_CACHE_DIR")
    root = runs_root()
    return Path(asked).absolute() if asked else root.with_name(f"{root.name}-cache")
