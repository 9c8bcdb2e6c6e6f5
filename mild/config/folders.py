"""The folders of this machine that runs and caches lie in, and what is no path of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

_ADDRESS = re.compile(r"\s*(hf:|[A-Za-z][A-Za-z0-9+.-]*://)")


def runs_root() -> Path:
    """Return the folder of all runs: `MILD_RUNS_DIR`, else `./runs`."""
    return Path(os.environ.get("MILD_RUNS_DIR") or "runs").absolute()


def cache_root() -> Path:
    """Return the folder of what can be made anew: `MILD_CACHE_DIR`, else beside the runs folder."""
    asked = os.environ.get("MILD_CACHE_DIR")
    root = runs_root()
    return Path(asked).absolute() if asked else root.with_name(f"{root.name}-cache")


def is_elsewhere(path: str) -> bool:
    """Tell whether this is an address, of a bucket or a hub, and no path on this machine.

    Examples
    --------
    >>> is_elsewhere("s3://bucket/birds"), is_elsewhere("hf:owner/birds"), is_elsewhere("/birds")
    (True, True, False)
    """
    return _ADDRESS.match(path) is not None
