"""Whether a file of a run was written since it was last read."""

from __future__ import annotations

import os
from pathlib import Path

Stamp = tuple[tuple[int, int], ...]
"""When each file was last written, and its size."""


def stamp(*paths: Path) -> Stamp:
    """Note when files were written, and the logs of SQLite that are not yet moved into them."""
    return tuple(_written(name) for path in map(str, paths) for name in (path, f"{path}-wal"))


def _written(name: str) -> tuple[int, int]:
    try:
        status = os.stat(name)  # noqa: PTH116 - thousands of them: a Path takes three times as long
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
