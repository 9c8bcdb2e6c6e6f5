"""Locks on Windows, which has no `fcntl`: one byte far behind the end of the file.

Who holds it is not told; `mild.store.state` knows it from the run's progress.json.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from mild.store.lock.answer import FREE, UNKNOWN, Answer

_BYTE = 2**30
"""Behind everything that is written: Windows would not let others read a locked byte."""


def acquire(path: Path) -> int | None:
    """Take the lock of a file and return what holds it; None where somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _locking(descriptor, "LK_NBLCK")
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def release(descriptor: int) -> None:
    """Give a lock back."""
    with contextlib.suppress(OSError):
        _locking(descriptor, "LK_UNLCK")
    os.close(descriptor)


def has_name(descriptor: int, path: Path) -> bool:
    """Whether the file that is held still has its name; an open one keeps it there."""
    return True


def ask(path: Path) -> Answer:
    """Tell whether anybody holds the lock of a file, by taking it for a moment."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return FREE
    except OSError:
        return UNKNOWN
    try:
        _locking(descriptor, "LK_NBLCK")
        _locking(descriptor, "LK_UNLCK")
    except OSError:
        return Answer("held")
    finally:
        os.close(descriptor)
    return FREE


def _locking(descriptor: int, how: str) -> None:
    import msvcrt

    os.lseek(descriptor, _BYTE, os.SEEK_SET)
    locking, kind = getattr(msvcrt, "locking"), getattr(msvcrt, how)  # noqa: B009
    locking(descriptor, kind, 1)
