"""POSIX record locks: the kernel's word on whether a worker is alive.

A record lock ends with its process, however that ends; a process id can be taken by another
process, and a zombie still has one. Closing *any* descriptor of the locked file in the process that
holds the lock releases it, so the holder never opens the file a second time.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from pathlib import Path

# struct flock: Linux has type, whence, start, len, pid; macOS has start, len, pid, type, whence.
_LINUX = sys.platform.startswith("linux")
_FORMAT = "hhqqi4x" if _LINUX else "qqihh"


class RecordLock:
    """An exclusive lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; False where another process holds it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> int | None:
    """Process id of another process that holds the lock, else None.

    Not to be asked by the holder itself: the kernel does not report a process its own locks, and
    asking would release them.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        answer = fcntl.fcntl(descriptor, fcntl.F_GETLK, struct.pack(_FORMAT, *_question()))
    finally:
        os.close(descriptor)
    fields = struct.unpack(_FORMAT, answer)
    kind, pid = (fields[0], fields[4]) if _LINUX else (fields[3], fields[2])
    return None if kind == fcntl.F_UNLCK else pid


def _question() -> tuple[int, int, int, int, int]:
    whole_file = (0, 0)
    if _LINUX:
        return (fcntl.F_WRLCK, os.SEEK_SET, *whole_file, 0)
    return (*whole_file, 0, fcntl.F_WRLCK, os.SEEK_SET)
