"""What people decided about each instance: every change is kept with what was there before.

`review.db` holds an action for each thing a person did (a decision about one instance or many, an
import, an undo, a redo), the changes of each action, and how things stand. Nothing is ever
deleted. An action is one transaction, so two windows or programs that write at once both succeed.

Undo is for windows, not for runs: it takes back what this window did, newest first, then what its
reviewer had done before it was opened; never what another window does meanwhile, nor what a
colleague did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from mild.access import Role, needs
from mild.store.folder import RunFolder
from mild.store.review.action_tables import (
    COLUMNS,
    TABLES,
    add_action,
    as_decision,
    find_redoable,
    find_undoable,
    last_number,
    only_of,
    read_standing,
    write_action,
    write_changes,
)
from mild.store.review.decision import Action, Decision, Wanted, Window
from mild.store.review.file import reading, writing


def last_action(folder: RunFolder) -> int:
    """Return the number of the last action, 0 before the first; it changes with every decision."""
    with reading(folder, "decision_actions") as database:
        return last_number(database) if database else 0


def decisions(folder: RunFolder, instances: Iterable[int] | None = None) -> dict[int, Decision]:
    """Return how things stand: every instance about which something is decided.

    Only of `instances`, where they are given.
    """
    only, given = only_of(instances)
    with reading(folder, "decision_actions") as database:
        if database is None:
            return {}
        rows = database.execute(
            f"SELECT instance, verdict, label FROM decisions WHERE {only} ORDER BY instance", given
        )
        return {row[0]: found for row in rows if (found := as_decision(row[1], row[2])) is not None}


def n_decided(folder: RunFolder) -> int:
    """Count the instances something is decided about."""
    with reading(folder, "decisions") as database:
        return (
            int(database.execute("SELECT count(*) FROM decisions").fetchone()[0]) if database else 0
        )


def since(folder: RunFolder, action: int) -> tuple[int, Wanted]:
    """Return the last action, and what became of every instance changed after the action `action`.

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
        return last_number(database), {row[0]: as_decision(row[1], row[2]) for row in rows}


def can_undo(folder: RunFolder, window: Window) -> tuple[bool, bool]:
    """Tell whether this window has something to undo, and something to redo."""
    with reading(folder, "decision_actions") as database:
        if database is None:
            return False, False
        to_undo, to_redo = find_undoable(database, window), find_redoable(database, window)
        return to_undo is not None, to_redo is not None


@needs(Role.REVIEWER, "Deciding about a label")
def decide(
    folder: RunFolder,
    wanted: Wanted,
    window: Window,
    *,
    kind: Literal["decide", "import"] = "decide",
) -> Action | None:
    """Decide about some instances in one action; None where nothing changes by it."""
    with writing(folder, TABLES, COLUMNS) as database:
        standing = read_standing(database, wanted)
        changes = {
            instance: decision
            for instance, decision in wanted.items()
            if standing.get(instance) != decision
        }
        if not changes:
            return None
        action = write_action(database, window, kind, changes, standing)
    return Action(id=action, kind=kind, n_changed=len(changes))


@needs(Role.REVIEWER, "Taking a decision back")
def undo(folder: RunFolder, window: Window) -> Action | None:
    """Take back the window's last action; None where there is none."""
    with writing(folder, TABLES, COLUMNS) as database:
        target = find_undoable(database, window)
        return None if target is None else _reverse(database, window, "undo", target)


@needs(Role.REVIEWER, "Deciding again")
def redo(folder: RunFolder, window: Window) -> Action | None:
    """Do again what the window's last undo took back; None where there is nothing."""
    with writing(folder, TABLES, COLUMNS) as database:
        target = find_redoable(database, window)
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
    before = {row[0]: as_decision(row[1], row[2]) for row in rows}
    after = {row[0]: as_decision(row[3], row[4]) for row in rows}
    found, wanted = (after, before) if kind == "undo" else (before, after)
    standing = read_standing(database, wanted)
    changes = {i: wanted[i] for i in wanted if standing.get(i) == found[i]}
    action = add_action(database, window, kind, target)
    write_changes(database, action, changes, standing)
    database.execute(
        "UPDATE decision_actions SET undone = ? WHERE id = ?",
        (action if kind == "undo" else None, target),
    )
    passed_over = len(wanted) - len(changes)
    return Action(id=action, kind=kind, n_changed=len(changes), n_passed_over=passed_over)
