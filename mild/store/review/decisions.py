"""What people decided about each instance: every change is kept with what was there before.

`review.db` holds an action for each thing a person did (a decision about one instance or many, an
import, an undo, a redo), the changes of each action, and how things stand. Nothing is ever
deleted. An action is one transaction, so two windows or programs that write at once both succeed.

Undo is for windows, not for runs: it takes back what this window did, newest first, then what was
there when the window was opened; never what another window does meanwhile.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from mild.access import Role, needs
from mild.store.folder import RunFolder
from mild.store.review.file import reading, writing

Verdict = Literal["keep", "relabel", "drop"]
VERDICTS: tuple[str, ...] = get_args(Verdict)

_TABLES = (
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
# decision_actions: `target` is the action that an undo or a redo is about; `undone` the undo in
# force, if any; `redoable` falls to 0 when its window decides anew.


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall become of one instance."""

    verdict: Verdict
    label: int | None = None
    """The new label where the verdict is `relabel`, else None."""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or (self.verdict == "relabel") != (self.label is not None):
            raise ValueError(f"{self.verdict!r} with label {self.label!r} is no decision")
        if self.label is not None and (not isinstance(self.label, int) or self.label < 0):
            raise ValueError(f"{self.label!r} is no label")


@dataclass(frozen=True, slots=True)
class Window:
    """Who decides: one browser window, or one command."""

    name: str
    opened_at: int
    """The last action there was when the window was opened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """What an action did."""

    id: int
    kind: str
    n_changed: int
    n_passed_over: int = 0
    """Instances that an undo or redo left alone, because they were decided anew since."""


Wanted = Mapping[int, Decision | None]
"""Instance -> what to decide; None takes a decision back."""


def last_action(folder: RunFolder) -> int:
    """The number of the last action, 0 before the first: it changes whenever a decision does."""
    with reading(folder, "decision_actions") as database:
        return _last(database) if database else 0


def decisions(folder: RunFolder) -> dict[int, Decision]:
    """How things stand: every instance about which something is decided."""
    with reading(folder, "decision_actions") as database:
        if database is None:
            return {}
        rows = database.execute("SELECT instance, verdict, label FROM decisions ORDER BY instance")
        return {row[0]: Decision(row[1], row[2]) for row in rows}


def n_decided(folder: RunFolder) -> int:
    """How many instances something is decided about."""
    with reading(folder, "decisions") as database:
        return (
            int(database.execute("SELECT count(*) FROM decisions").fetchone()[0]) if database else 0
        )


def since(folder: RunFolder, action: int) -> tuple[int, Wanted]:
    """The last action, and what became of every instance changed after the action `action`.

    Costs what was changed, not what is decided. Starts from nothing where `action` is 0.
    """
    with reading(folder, "decision_actions") as database:
        if database is None:
            return 0, {}
        database.execute("BEGIN")
        rows = database.execute(
            "SELECT instance, verdict, label FROM decision_changes WHERE action > ? "
            "ORDER BY action",
            (action,),
        )
        return _last(database), {row[0]: _decision(row[1], row[2]) for row in rows}


def can_undo(folder: RunFolder, window: Window) -> tuple[bool, bool]:
    """Whether this window has something to undo, and something to redo."""
    with reading(folder, "decision_actions") as database:
        if database is None:
            return False, False
        return _to_undo(database, window) is not None, _to_redo(database, window) is not None


@needs(Role.REVIEWER, "Deciding about a label")
def decide(
    folder: RunFolder,
    wanted: Wanted,
    window: Window,
    *,
    kind: Literal["decide", "import"] = "decide",
) -> Action | None:
    """Decide about some instances in one action; None where nothing changes by it."""
    with writing(folder, _TABLES) as database:
        standing = _standing(database, wanted)
        changes = {
            instance: decision
            for instance, decision in wanted.items()
            if standing.get(instance) != decision
        }
        if not changes:
            return None
        database.execute(
            "UPDATE decision_actions SET redoable = 0 WHERE undone IS NOT NULL AND id IN "
            "(SELECT target FROM decision_actions WHERE kind = 'undo' AND (window = ? OR id <= ?))",
            (window.name, window.opened_at),
        )
        action = _add_action(database, window, kind)
        _change(database, action, changes, standing)
    return Action(id=action, kind=kind, n_changed=len(changes))


@needs(Role.REVIEWER, "Taking a decision back")
def undo(folder: RunFolder, window: Window) -> Action | None:
    """Take back the window's last action; None where there is none."""
    with writing(folder, _TABLES) as database:
        target = _to_undo(database, window)
        return None if target is None else _reverse(database, window, "undo", target)


@needs(Role.REVIEWER, "Deciding again")
def redo(folder: RunFolder, window: Window) -> Action | None:
    """Do again what the window's last undo took back; None where there is nothing."""
    with writing(folder, _TABLES) as database:
        target = _to_redo(database, window)
        return None if target is None else _reverse(database, window, "redo", target)


def _reverse(
    database: sqlite3.Connection, window: Window, kind: Literal["undo", "redo"], target: int
) -> Action:
    """Undo an action or do it again, but for instances that were decided anew since."""
    rows = database.execute(
        "SELECT instance, verdict_before, label_before, verdict, label FROM decision_changes "
        "WHERE action = ?",
        (target,),
    ).fetchall()
    before = {row[0]: _decision(row[1], row[2]) for row in rows}
    after = {row[0]: _decision(row[3], row[4]) for row in rows}
    found, wanted = (after, before) if kind == "undo" else (before, after)
    standing = _standing(database, wanted)
    changes = {i: wanted[i] for i in wanted if standing.get(i) == found[i]}
    action = _add_action(database, window, kind, target)
    _change(database, action, changes, standing)
    database.execute(
        "UPDATE decision_actions SET undone = ? WHERE id = ?",
        (action if kind == "undo" else None, target),
    )
    passed_over = len(wanted) - len(changes)
    return Action(id=action, kind=kind, n_changed=len(changes), n_passed_over=passed_over)


def _to_undo(database: sqlite3.Connection, window: Window) -> int | None:
    return _one(
        database,
        "SELECT max(id) FROM decision_actions WHERE kind IN ('decide', 'import') "
        "AND undone IS NULL AND (window = ? OR id <= ?)",
        window,
    )


def _to_redo(database: sqlite3.Connection, window: Window) -> int | None:
    return _one(
        database,
        "SELECT id FROM decision_actions WHERE undone = (SELECT max(done.undone) "
        "FROM decision_actions AS done JOIN decision_actions AS undo ON undo.id = done.undone "
        "WHERE done.redoable AND (undo.window = ? OR undo.id <= ?))",
        window,
    )


def _one(database: sqlite3.Connection, query: str, window: Window) -> int | None:
    row = database.execute(query, (window.name, window.opened_at)).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _add_action(
    database: sqlite3.Connection, window: Window, kind: str, target: int | None = None
) -> int:
    cursor = database.execute(
        "INSERT INTO decision_actions (time, window, kind, target) VALUES (?, ?, ?, ?)",
        (time.time(), window.name, kind, target),
    )
    return int(cursor.lastrowid or 0)


def _change(
    database: sqlite3.Connection, action: int, changes: Wanted, standing: Mapping[int, Decision]
) -> None:
    database.executemany(
        "INSERT INTO decision_changes VALUES (?, ?, ?, ?, ?, ?)",
        (
            (action, i, *_cells(standing.get(i)), *_cells(decision))
            for i, decision in changes.items()
        ),
    )
    database.executemany(
        "DELETE FROM decisions WHERE instance = ?",
        ((i,) for i, decision in changes.items() if decision is None),
    )
    database.executemany(
        "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)",
        ((i, *_cells(decision)) for i, decision in changes.items() if decision is not None),
    )


def _standing(database: sqlite3.Connection, instances: Iterable[int]) -> dict[int, Decision]:
    database.execute("CREATE TEMP TABLE IF NOT EXISTS asked (instance INTEGER PRIMARY KEY)")
    database.execute("DELETE FROM asked")
    database.executemany("INSERT INTO asked VALUES (?)", ((int(i),) for i in instances))
    rows = database.execute(
        "SELECT instance, verdict, label FROM decisions JOIN asked USING (instance)"
    )
    return {row[0]: Decision(row[1], row[2]) for row in rows}


def _decision(verdict: Any, label: int | None) -> Decision | None:
    return None if verdict is None else Decision(verdict, label)


def _cells(decision: Decision | None) -> tuple[str | None, int | None]:
    return (None, None) if decision is None else (decision.verdict, decision.label)


def _last(database: sqlite3.Connection) -> int:
    row = database.execute("SELECT max(id) FROM decision_actions").fetchone()
    return int(row[0] or 0)
