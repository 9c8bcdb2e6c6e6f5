"""A lock on a file, whatever the system; a process id in a file would prove nothing.

A process id can be taken by another process, and a zombie still has one. The kernel's lock ends
with the process that holds it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

try:
    from mild.store.lock import posix as kernel
except ImportError:  # there is no fcntl
    from mild.store.lock import windows as kernel  # type: ignore[no-redef]
from mild.store.lock.answer import Answer

_held_here: dict[str, int] = {}
"""Path -> this process. A fork has a copy of it, but not the locks."""


class RecordLock:
    """An exclusive lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._busy = threading.Lock()
        self.lost = False
        """Whether another process took it after its file had been removed."""
        self.n_retaken = 0
        """How often a file that had been removed was made and locked anew."""

    def acquire(self) -> bool:
        """Take the lock if it is free; False where it is held, here or by another process."""
        if _is_held_here(self._path):
            return False
        self._descriptor = kernel.acquire(self._path)
        if self._descriptor is None:
            return False
        _held_here[os.path.realpath(self._path)] = os.getpid()
        return True

    def keep(self) -> bool:
        """Hold on to the lock where its file was removed; False where it is lost, or not held.

        A file of the same name that somebody made meanwhile is locked in its place. If another
        process was faster it is lost for good, and whatever it protects is that one's.
        """
        with self._busy:
            if self._descriptor is None or self.lost:
                return False
            if kernel.has_name(self._descriptor, self._path):
                return True
            anew = kernel.acquire(self._path)
            if anew is None:
                self.lost = True
                return False
            kernel.release(self._descriptor)
            self._descriptor = anew
            self.n_retaken += 1
            return True

    def release(self) -> None:
        """Give the lock back; does nothing where it is not held."""
        with self._busy:
            if self._descriptor is not None:
                _held_here.pop(os.path.realpath(self._path), None)
                kernel.release(self._descriptor)
                self._descriptor = None


def ask(path: Path) -> Answer:
    """Tell whether anybody holds the lock of a file."""
    if _is_held_here(path):  # asking the kernel would cost the record lock that names us
        return Answer("held", os.getpid())
    return kernel.ask(path)


def holder(path: Path) -> int | None:
    """Return the id of the process of this machine that is known to hold the lock, else None."""
    return ask(path).pid or None  # 0 is a process of another container, and no id


def _is_held_here(path: Path) -> bool:
    return _held_here.get(os.path.realpath(path)) == os.getpid()
