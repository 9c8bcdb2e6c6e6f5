"""worker.log: what a worker printed, and the traces of what went wrong.

It is put aside when it has grown large, also while its worker goes on printing; of those put aside,
the end of the last one is kept.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from mild.store.files import plain
from mild.store.folder import RunFolder
from mild.visible import visible

MOST_BYTES = 10_000_000
"""Of a log that is gone on with, and of what is kept of the one put aside."""
MOST_LINE = 1000
"""Bytes at the beginning of that end within which a line is looked for, so as to begin with one."""
_OUT, _ERR = 1, 2
"""Descriptors that a process prints to, native code included."""
ASIDE = ".1"
"""What is added to the name of the one that was put aside."""


def open_log(folder: RunFolder) -> BinaryIO:
    """Open the log, to be added to by a worker that begins."""
    with contextlib.suppress(OSError):
        if folder.log.stat().st_size > MOST_BYTES:
            _put_aside(folder)
            _keep_end(_aside(folder))
    return _opened(folder)


def rotate(folder: RunFolder) -> None:
    """Go on in a new log, where this process prints into worker.log and that has grown large."""
    with contextlib.suppress(OSError):
        printed = os.fstat(_OUT)
        if not os.path.samestat(printed, folder.log.stat()):
            return
        if printed.st_size > MOST_BYTES:
            _put_aside(folder)
            with _opened(folder) as log:
                os.dup2(log.fileno(), _OUT)
                os.dup2(log.fileno(), _ERR)
        _keep_end(_aside(folder))  # processes that load images go on printing there


def _put_aside(folder: RunFolder) -> None:
    folder.log.replace(_aside(folder))


def _aside(folder: RunFolder) -> Path:
    return folder.log.with_name(f"{folder.log.name}{ASIDE}")


def _keep_end(path: Path) -> None:
    if path.lstat().st_size <= MOST_BYTES:
        return
    plain.check(path)
    with path.open("r+b") as log:
        log.seek(-MOST_BYTES, os.SEEK_END)
        end = log.read(MOST_BYTES)
        log.seek(0)
        log.write(end[end.find(b"\n", 0, MOST_LINE) + 1 :])
        log.truncate()


def append_log(folder: RunFolder, text: str) -> None:
    """Add to worker.log."""
    shown = visible(text.rstrip("\n"), MOST_BYTES, lines=True)
    with _opened(folder) as log:
        log.write(f"{shown}{os.linesep}".encode("utf-8", "backslashreplace"))


def _opened(folder: RunFolder) -> BinaryIO:
    """Open the log to add to it; a link or a pipe of its name would take the lines elsewhere."""
    with contextlib.suppress(FileNotFoundError):
        try:
            plain.check(folder.log)
        except plain.NotPlainError:
            _put_aside(folder)
    return folder.log.open("ab")
