"""The tables of decisions in review.db, and the queries that read and write them."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from mild.store.review.decision import Decision, Wanted, Window
from mild.store.review.file import has_column

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS decision_actions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, window TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('decide', 'import', 'undo', 'redo')),
        target INTEGER, undone INTEGER, redoable INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS decision_changes (
        action INTEGER NOT NULL, instance INTEGER NOT NULL,
        verdict_before TEXT, label_before INTEGER, verdict TEXT, label INTEGER,
        PRIMARY KEY (action, instance)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS decisions (
        instance INTEGER PRIMARY KEY, verdict TEXT NOT NULL, label INTEGER
    )
    """,
)
COLUMNS = (("decision_actions", "reviewer"),)
"""Table and column that files from before reviewers lack."""
# decision_actions: `target` is the action that an undo or a redo is about; `undone` the undo in
# force, if any; `redoable` falls to 0 when its window decides anew.


def find_undoable(database: sqlite3.Connection, window: Window) -> int | None:
    """Find the action that this window's next undo is about, if any."""
    return _one(
        database,
        "SELECT max(id) FROM decision_actions AS action WHERE kind IN ('decide', 'import') "
        f"AND undone IS NULL AND {_mine('action', database)}",
        window,
    )


def find_redoable(database: sqlite3.Connection, window: Window) -> int | None:
    """Find the action that this window's next redo is about, if any."""
    return _one(
        database,
        "SELECT id FROM decision_actions WHERE undone = (SELECT max(done.undone) "
        "FROM decision_actions AS done JOIN decision_actions AS action ON action.id = done.undone "
        f"WHERE done.redoable AND {_mine('action', database)})",
        window,
    )


def _mine(action: str, database: sqlite3.Connection) -> str:
    """The condition that an action is the window's own, or its reviewer's from before it opened.

    Of nobody's from before everybody may take back; a colleague's decision only they.
    """
    named = has_column(database, "decision_actions", "reviewer")
    whose = f"coalesce({action}.reviewer, '')" if named else "''"
    return f"({action}.window = ? OR ({action}.id <= ? AND {whose} IN ('', ?)))"


def _one(database: sqlite3.Connection, query: str, window: Window) -> int | None:
    row = database.execute(query, _of(window)).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _of(window: Window) -> tuple[str, int, str]:
    return window.name, window.opened_at, window.reviewer


def write_action(
    database: sqlite3.Connection,
    window: Window,
    kind: str,
    changes: Wanted,
    standing: Mapping[int, Decision],
) -> int:
    """Write a decision about some instances, after which the window has nothing to redo."""
    database.execute(
        "UPDATE decision_actions SET redoable = 0 WHERE undone IS NOT NULL AND id IN "
        "(SELECT target FROM decision_actions AS action "
        f"WHERE kind = 'undo' AND {_mine('action', database)})",
        _of(window),
    )
    action = add_action(database, window, kind)
    write_changes(database, action, changes, standing)
    return action


def add_action(
    database: sqlite3.Connection, window: Window, kind: str, target: int | None = None
) -> int:
    """Begin an action; returns its number."""
    cursor = database.execute(
        "INSERT INTO decision_actions (time, window, kind, target, reviewer) "
        "VALUES (?, ?, ?, ?, ?)",
        (time.time(), window.name, kind, target, window.reviewer or None),
    )
    return int(cursor.lastrowid or 0)


def write_changes(
    database: sqlite3.Connection, action: int, changes: Wanted, standing: Mapping[int, Decision]
) -> None:
    """Write what an action changes, with what was there before, and how things stand then."""
    database.executemany(
        "INSERT INTO decision_changes VALUES (?, ?, ?, ?, ?, ?)",
        (
            (action, i, *as_cells(standing.get(i)), *as_cells(decision))
            for i, decision in changes.items()
        ),
    )
    database.executemany(
        "DELETE FROM decisions WHERE instance = ?",
        ((i,) for i, decision in changes.items() if decision is None),
    )
    database.executemany(
        "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)",
        ((i, *as_cells(decision)) for i, decision in changes.items() if decision is not None),
    )


def read_standing(database: sqlite3.Connection, instances: Iterable[int]) -> dict[int, Decision]:
    """Read what is decided about some instances now."""
    only, given = only_of(instances)
    rows = database.execute(f"SELECT instance, verdict, label FROM decisions WHERE {only}", given)
    return {row[0]: found for row in rows if (found := as_decision(row[1], row[2])) is not None}


def only_of(instances: Iterable[int] | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition that a row is about one of these, and its argument; None: about any."""
    if instances is None:
        return "1", ()
    asked = json.dumps([int(item) for item in instances])
    return "instance IN (SELECT value FROM json_each(?))", (asked,)


@lru_cache(maxsize=4096, typed=True)
def as_decision(verdict: Any, label: int | None) -> Decision | None:
    """Make a decision of the cells of a row; many rows say the same."""
    return None if verdict is None else Decision(verdict, label)


def as_cells(decision: Decision | None) -> tuple[str | None, int | None]:
    """Make the cells of a row of a decision."""
    return (None, None) if decision is None else (decision.verdict, decision.label)


def last_number(database: sqlite3.Connection) -> int:
    """Return the number of the last action, 0 before the first."""
    row = database.execute("SELECT max(id) FROM decision_actions").fetchone()
    return int(row[0] or 0)
