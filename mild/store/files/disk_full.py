"""Telling a full disk, and one that fails, from other errors."""

from __future__ import annotations

import errno
import sqlite3

WRITE_ERRORS = (OSError, sqlite3.Error)
"""What writing a run may raise besides `RunError`."""

_FAILS = (errno.EIO, errno.EROFS, errno.ESTALE, errno.ENODEV, errno.ENXIO)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error, or one behind it, says that there is no room to write."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, sqlite3.Error) and "disk is full" in str(error):
        return True
    return is_full(error.__cause__) or is_full(error.__context__)


def failing(error: BaseException | None) -> str | None:
    """Return what the system says of a disk that fails, by an error or one behind it."""
    if error is None:
        return None
    if isinstance(error, OSError) and error.errno in _FAILS:
        return error.strerror
    if isinstance(error, sqlite3.Error) and "I/O" in str(error):
        return str(error)
    return failing(error.__cause__) or failing(error.__context__)
