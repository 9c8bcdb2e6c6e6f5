"""Files of a run are plain files: a run from elsewhere may come with links, pipes and devices.

A pipe makes its reader wait for ever, a device has no end, and a link would have a run read, or
write to, a file of this machine that is none of its own.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")
"""What SQLite opens with a database, by how the names end."""


class NotPlainError(OSError):
    """A name that is taken by something else than a file."""


def check(path: Path) -> None:
    """Check that a file is one, before it is opened: to open a pipe is to wait already.

    Raises
    ------
    FileNotFoundError, OSError
        If it is not there, cannot be looked at, or is no plain file.
    """
    _check(str(path))


def check_database(path: Path) -> None:
    """Check a database and whatever lies beside it that SQLite would open.

    Raises
    ------
    NotPlainError
        If one of them is there and is no plain file.
    """
    name = str(path)
    for ending in _BESIDE_DATABASE:
        try:
            _check(f"{name}{ending}")
        except FileNotFoundError:
            continue


def read_text(path: Path) -> str:
    """Read a text in UTF-8.

    Raises
    ------
    OSError, ValueError
        If it is no plain file, cannot be read, or is no such text.
    """
    check(path)
    return path.read_text(encoding="utf-8")


def _check(name: str) -> None:
    mode = os.lstat(name).st_mode  # by text: of thousands of runs in a moment
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "no file"
        raise NotPlainError(f"{os.path.basename(name)} is {what}, and a run has plain files alone")  # noqa: PTH119
