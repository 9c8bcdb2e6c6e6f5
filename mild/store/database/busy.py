"""A database that another program does not let go of, told as what it is: nothing is damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def is_busy(error: BaseException | None) -> bool:
    """Tell whether an error says that somebody else has the database for longer than we wait."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return isinstance(error, sqlite3.Error) and name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def sentence(path: Path) -> str:
    """Say so, and what to do."""
    return (
        f"{path.parent.name}: another program has had {path.name} open to write for a while and "
        "does not let go; try again in a moment, or end that program. Nothing is lost."
    )
