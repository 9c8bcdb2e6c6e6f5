"""A database that came from elsewhere is asked only where it has plain tables alone."""

from __future__ import annotations

import sqlite3

_ACTING = (
    "SELECT type, name FROM sqlite_master "
    "WHERE type IN ('view', 'trigger') OR sql LIKE 'create virtual%' LIMIT 1"
)


def check_plain(connection: sqlite3.Connection) -> None:
    """Refuse views, which may have no end, triggers, and tables that are programs.

    Raises
    ------
    sqlite3.DatabaseError
        If it has one.
    """
    connection.execute("PRAGMA trusted_schema = OFF")
    try:
        found = connection.execute(_ACTING).fetchone()
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema quotes it
        raise sqlite3.DatabaseError(f"its schema is damaged: {error}") from error
    if found is not None:
        raise sqlite3.DatabaseError(
            f"it has the {found[0]} {str(found[1])[:40]!r}; runs have plain tables alone"
        )
