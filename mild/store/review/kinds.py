"""What the columns of review.db hold: SQLite keeps anything in any column, and a review may come
from elsewhere."""

from __future__ import annotations

import sqlite3

_HELD = {
    "INTEGER": ("integer",),
    "REAL": ("real", "integer"),
    "TEXT": ("text",),
    "BLOB": ("blob",),
}
_ALSO_HELD = {("cuts", "cut"): ("real",)}
"""A cut between two counts, in a column that was made for whole ones."""
_MOST = 1e18
"""Of a time, a cut, or anything else that is measured: infinity is none."""


def check_kinds(database: sqlite3.Connection) -> None:
    """Check that every value is of the kind that its column was made for, or missing.

    Raises
    ------
    sqlite3.DatabaseError
        If one is not, with the name of its table.
    """
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        columns = database.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        rules = [rule for name, kind in columns.fetchall() for rule in _broken(table, name, kind)]
        if not rules:
            continue
        query = f"SELECT 1 FROM {_quoted(table)} WHERE {' OR '.join(rules)} LIMIT 1"
        if database.execute(query).fetchone() is not None:
            raise sqlite3.DatabaseError(
                f"table {table[:40]!r} holds a value that MILD never writes"
            )


def _broken(table: str, column: str, kind: str) -> list[str]:
    """Say in SQL what breaks a column's rules."""
    held = _HELD.get(kind)
    if held is None:
        return []
    name, kinds = _quoted(column), (*held, *_ALSO_HELD.get((table, column), ()), "null")
    rules = [f"typeof({name}) NOT IN {kinds}"]
    if "real" in kinds:
        rules.append(f"{name} NOT BETWEEN {-_MOST} AND {_MOST}")
    if column == "instance":
        rules.append(f"{name} < 0")
    return rules


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
