"""Everything that people decided about one instance, oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from mild.store.folder import RunFolder
from mild.store.review.decision import Decision
from mild.store.review.file import reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One action, as far as it was about the instance."""

    time: float
    """In seconds since 1970."""
    kind: str
    """decide, import, undo or redo."""
    decision: Decision | None
    """What was decided by it; None where it left the instance undecided."""


def history(folder: RunFolder, instance: int) -> list[Change]:
    """Read every change of what is decided about an instance, by whichever window."""
    with reading(folder, "decision_actions") as database:
        if database is None:
            return []
        rows = database.execute(
            "SELECT time, kind, verdict, label FROM decision_changes "
            "JOIN decision_actions ON decision_actions.id = action "
            "WHERE instance = ? ORDER BY action",
            (instance,),
        ).fetchall()
    return [
        Change(
            time=row[0],
            kind=row[1],
            decision=None if row[2] is None else Decision(row[2], row[3]),
        )
        for row in rows
    ]
