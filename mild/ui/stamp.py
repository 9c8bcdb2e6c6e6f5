"""Whether a file of a run was written since it was last read."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[tuple[int, int], ...]
"""When each file was last written, and its size."""


def stamp(*paths: Path) -> Stamp:
    """Of files, and of what SQLite has not yet moved into them."""
    found = []
    for path in paths:
        for name in (path, path.with_name(f"{path.name}-wal")):
            try:
                status = name.stat()
            except OSError:
                found.append((0, 0))
            else:
                found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)
