"""Whether files of a run were written since they were last read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[tuple[int, int, int, int], ...]
"""When each file was last written, when it was last changed in any way, its size, and which file it
is; zeros for one that is not there."""
SETTLED_SECONDS = 2.0
"""Two writes within it may leave one time behind: so coarse is the clock of some file systems."""
_ABSENT = (0, 0, 0, 0)
_DATABASE = ".db"


def stamp(*paths: Path) -> Stamp:
    """Look at files without opening them, and at the logs of databases not yet folded in."""
    return tuple(_written(name) for path in map(str, paths) for name in _with_log(path))


def stamp_in(folder: Path, names: Iterable[str]) -> Stamp:
    """Look at files of a folder as `stamp` does; many thousand times in a moment."""
    return tuple(_written(name) for n in names for name in _with_log(f"{folder}{os.sep}{n}"))


def settled(looked_at: Stamp) -> bool:
    """Whether the next write of one of the files will change its stamp, however soon it comes."""
    newest = max((max(file[:2]) for file in looked_at), default=0)
    return abs(time.time() - newest / 1e9) > SETTLED_SECONDS


def _with_log(path: str) -> tuple[str, ...]:
    return (path, f"{path}-wal") if path.endswith(_DATABASE) else (path,)


def _written(name: str) -> tuple[int, int, int, int]:
    try:
        status = os.stat(name)  # noqa: PTH116 - thousands of them: a Path takes three times as long
    except OSError:
        return _ABSENT
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
