"""worker.log: what a worker printed, and the traces of what went wrong."""

from __future__ import annotations

import os

from mild.store.folder import RunFolder


def append_log(folder: RunFolder, text: str) -> None:
    """Add to worker.log."""
    with folder.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text.rstrip("\n") + os.linesep)
