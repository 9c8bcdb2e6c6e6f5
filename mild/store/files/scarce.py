"""A machine without open files or memory to spare, told as what it is: no file is damaged."""

from __future__ import annotations

import errno
import sqlite3

_SCARCE = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_NOT_OPENED = ("SQLITE_CANTOPEN", "SQLITE_NOMEM")
"""What SQLite says then; it also says the former of a folder that nobody may look into."""


def is_scarce(error: BaseException | None) -> bool:
    """Tell whether an error, or one behind it, says that the machine has nothing to spare."""
    if error is None:
        return False
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _SCARCE):
        return True
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorname", "") or "").startswith(_NOT_OPENED)
    return is_scarce(error.__cause__ or error.__context__)


def sentence(what: str, error: Exception) -> str:
    """Say so of a file, and what to do."""
    return (
        f"{what} cannot be opened just now ({error}): too many files are open on this machine, its "
        "memory is full, or the folder may not be read. See to that and try again; nothing is lost."
    )
