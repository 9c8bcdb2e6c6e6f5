"""worker.log: what a worker printed, and the traces of what went wrong.

It is put aside when it has grown large and another worker begins; of those put aside, the last one
is kept.
"""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO

from mild.store.folder import RunFolder

MOST_BYTES = 10_000_000
"""Of a log that is gone on with."""
ASIDE = ".1"
"""What is added to the name of the one that was put aside."""


def open_log(folder: RunFolder) -> BinaryIO:
    """Open the log, to be added to by a worker that begins."""
    with contextlib.suppress(OSError):
        if folder.log.stat().st_size > MOST_BYTES:
            folder.log.replace(folder.log.with_name(f"{folder.log.name}{ASIDE}"))
    return folder.log.open("ab")


def append_log(folder: RunFolder, text: str) -> None:
    """Add to worker.log."""
    with folder.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text.rstrip("\n") + os.linesep)
