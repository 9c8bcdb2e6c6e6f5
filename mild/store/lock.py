"""POSIX record locks: the kernel's word on whether a worker is alive.

A record lock ends with its process, however that ends; a process id can be taken by another
process, and a zombie still has one. Closing *any* descriptor of the locked file in the process that
holds the lock releases it, so what is held here is remembered, and not opened a second time.
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

_held_here: dict[str, int] = {}
"""Path -> this process. A fork has a copy of it, but not the locks."""


class RecordLock:
    """An exclusive lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; False where it is held, here or by another process."""
        if _is_held_here(self._path):
            return False
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        _held_here[os.path.realpath(self._path)] = os.getpid()
        return True

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        if self._descriptor is not None:
            _held_here.pop(os.path.realpath(self._path), None)
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> int | None:
    """Id of the process that holds the lock, else None."""
    if _is_held_here(path):  # the kernel does not tell a process of its own locks
        return os.getpid()
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


def _is_held_here(path: Path) -> bool:
    return _held_here.get(os.path.realpath(path)) == os.getpid()


def _question() -> tuple[int, int, int, int, int]:
    whole_file = (0, 0)
    if _LINUX:
        return (fcntl.F_WRLCK, os.SEEK_SET, *whole_file, 0)
    return (*whole_file, 0, fcntl.F_WRLCK, os.SEEK_SET)
