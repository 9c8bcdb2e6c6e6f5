"""A file of the cache, written whole or not at all: whoever reads it meanwhile sees no half."""

from __future__ import annotations

import os
import time
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and the folders that it lies in.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind then.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{time.monotonic_ns()}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
