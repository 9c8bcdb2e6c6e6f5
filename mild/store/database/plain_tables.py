"""A database that came from elsewhere is asked only where it has plain tables alone, and an end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from mild.store.files.stamp import Stamp, stamp

MOST_BYTES = 100_000_000
"""Of one value, or of one row: an expression in a schema can make a gigabyte of nothing."""
MOST_REMEMBERED = 10_000
_PLAIN = ("create table ", "create index ", "create unique index ")
"""How the text of a table or an index begins, which is what SQLite runs, whatever it is called."""
_COMPUTED = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden > 1 LIMIT 1"
_with_an_end: dict[str, Stamp] = {}
"""Databases that were checked, as they were then."""


def check_plain(
    connection: sqlite3.Connection,
    path: Path,
    look_through: Callable[[sqlite3.Connection], None] | None = None,
) -> None:
    """Refuse views and trees of pages without end, triggers, and tables that are programs.

    Parameters
    ----------
    look_through
        Checks what the tables hold; once for each state of the file.

    Raises
    ------
    sqlite3.DatabaseError
        If it has one, or is damaged.
    """
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    try:
        _check_schema(connection)
        _check_end(connection, path, look_through)
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema quotes it
        raise sqlite3.DatabaseError(f"its schema is damaged: {error}") from error


def remember(path: Path) -> None:
    """Take a database as it is now for one with an end, where it had one and we wrote to it."""
    if len(_with_an_end) >= MOST_REMEMBERED:
        _with_an_end.clear()
    _with_an_end[str(path)] = stamp(path)[:1]


def _check_schema(connection: sqlite3.Connection) -> None:
    for kind, name, made in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        text = "" if made is None else str(made).lower()  # what SQLite made by itself has none
        if text and not text.startswith(_PLAIN):
            raise _not_plain(kind, name)
        # To ask for its columns costs more than to read its text: one computed says AS (...).
        if "as" in text and (computed := connection.execute(_COMPUTED, (name,)).fetchone()):
            raise _not_plain("computed column", computed[0])


def _not_plain(kind: object, name: object) -> sqlite3.DatabaseError:
    return sqlite3.DatabaseError(
        f"it has the {str(kind)[:40]} {str(name)[:40]!r}; runs have plain tables alone"
    )


def _check_end(
    connection: sqlite3.Connection,
    path: Path,
    look_through: Callable[[sqlite3.Connection], None] | None,
) -> None:
    """See that no page is part of two tables, or of one twice: a few could hold endless rows.

    What is written meanwhile is in the log, so a file is looked through once, not at each opening.
    """
    if _with_an_end.get(str(path)) == stamp(path)[:1]:
        return
    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        raise sqlite3.DatabaseError(f"its pages are damaged: {' '.join(said.split())[:200]}")
    if look_through is not None:
        look_through(connection)
    remember(path)
