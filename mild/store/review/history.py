"""Everything that people decided and said about one instance, oldest first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from mild.store.folder import RunFolder
from mild.store.review.action_tables import as_decision
from mild.store.review.decision import Decision
from mild.store.review.file import has_column, reading


@dataclass(frozen=True, kw_only=True, slots=True)
class PastAction:
    """One action, as far as it was about the instance."""

    time: float
    """In seconds since 1970."""
    kind: str
    """decide, import, undo or redo; or opinion: said without seeing what was decided."""
    decision: Decision | None
    """What was decided by it; None where it left the instance undecided."""
    reviewer: str = ""
    """Who did it; empty where nobody was named."""


def history(folder: RunFolder, instance: int) -> list[PastAction]:
    """Read every change of what is decided about an instance, and every opinion about it."""
    found: list[PastAction] = []
    with reading(folder, "decision_actions") as database:
        if database is not None:
            known = has_column(database, "decision_actions", "reviewer")
            found += _changes(
                database,
                f"SELECT time, kind, verdict, label, {'reviewer' if known else 'NULL'} "
                "FROM decision_changes JOIN decision_actions ON decision_actions.id = action "
                "WHERE instance = ? ORDER BY action",
                instance,
            )
    with reading(folder, "opinions") as database:
        if database is not None:
            found += _changes(
                database,
                "SELECT time, 'opinion', verdict, label, reviewer FROM opinions "
                "WHERE instance = ? AND NOT undone ORDER BY id",
                instance,
            )
    return sorted(found, key=lambda change: change.time)


def _changes(database: sqlite3.Connection, query: str, instance: int) -> list[PastAction]:
    return [
        PastAction(
            time=time,
            kind=kind,
            decision=as_decision(verdict, label),
            reviewer=reviewer or "",
        )
        for time, kind, verdict, label, reviewer in database.execute(query, (instance,))
    ]
