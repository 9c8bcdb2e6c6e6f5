"""Locks on systems that have `fcntl`.

On Linux what counts is a lock of the *open file description*: it ends with the process that opened
it, however that ends, and nothing that the same process does to the file by another name or
descriptor can lose it. It does not say who holds it, so beside it, on the file's first byte, lies a
record lock, which does. A record lock is lost as soon as its process closes any descriptor of the
file; then the holder is nameless, but still the holder. Elsewhere there is the record lock alone.

Programs of before wrote a record lock over the whole file. Both kinds refuse each other.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from pathlib import Path

from mild.store.lock.answer import FREE, UNKNOWN, Answer

# struct flock: Linux has type, whence, start, len, pid; macOS has start, len, pid, type, whence.
_LINUX = sys.platform.startswith("linux")
_FORMAT = "hhqqi4x" if _LINUX else "qqihh"
_AS_IT_IS = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""A pipe is not waited for, and no file elsewhere is locked, or made, through a link."""
_OPEN_FILE = _LINUX and hasattr(fcntl, "F_OFD_SETLK")
_WHOLE, _NAME, _REST = (0, 0), (0, 1), (1, 0)
"""Start and length of a lock; a length of 0 reaches to the end, however far that is."""

_open_here: set[int] = set()
"""Descriptors of the locks held here. A fork would share them, and keep them after our end."""


def acquire(path: Path) -> int | None:
    """Take the lock of a file and return what holds it; None where somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _AS_IT_IS, 0o644)
    try:
        # The name first: who asks in between is told it, and nobody holds the lock namelessly.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, *_name_or_whole())
        if _OPEN_FILE:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _pack(fcntl.F_WRLCK, *_REST))
    except OSError:
        os.close(descriptor)
        return None
    _open_here.add(descriptor)
    return descriptor


def release(descriptor: int) -> None:
    """Give a lock back; does nothing in a fork, which does not have it."""
    if descriptor in _open_here:
        _open_here.discard(descriptor)
        os.close(descriptor)


def has_name(descriptor: int, path: Path) -> bool:
    """Whether the file that is held is still the one of this name: somebody may have removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def ask(path: Path) -> Answer:
    """Tell whether anybody holds the lock of a file, which need only be readable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _AS_IT_IS)
    except FileNotFoundError:
        return FREE
    except OSError:
        return UNKNOWN
    try:
        held, pid = _question(descriptor, _REST if _OPEN_FILE else _WHOLE)
        if not held and _OPEN_FILE:  # somebody is just taking it, or ends in this moment
            held, pid = _question(descriptor, _NAME)
        elif held and pid is None:
            _, pid = _question(descriptor, _NAME)
    except OSError:
        return UNKNOWN
    finally:
        os.close(descriptor)
    return Answer("held", pid) if held else FREE


def _question(descriptor: int, span: tuple[int, int]) -> tuple[bool, int | None]:
    command = fcntl.F_OFD_GETLK if _OPEN_FILE else fcntl.F_GETLK
    answer = fcntl.fcntl(descriptor, command, _pack(fcntl.F_WRLCK, *span))
    fields = struct.unpack(_FORMAT, answer)
    kind, pid = (fields[0], fields[4]) if _LINUX else (fields[3], fields[2])
    # -1 is a lock of an open file; 0 is a process of another container or machine.
    return kind != fcntl.F_UNLCK, pid if pid >= 0 else None


def _name_or_whole() -> tuple[int, int]:
    """Return length and start, as `fcntl.lockf` takes them."""
    start, length = _NAME if _OPEN_FILE else _WHOLE
    return length, start


def _pack(kind: int, start: int, length: int) -> bytes:
    if _LINUX:
        return struct.pack(_FORMAT, kind, os.SEEK_SET, start, length, 0)
    return struct.pack(_FORMAT, start, length, 0, kind, os.SEEK_SET)


def _let_go() -> None:
    for descriptor in _open_here:
        os.close(descriptor)
    _open_here.clear()


os.register_at_fork(after_in_child=_let_go)
