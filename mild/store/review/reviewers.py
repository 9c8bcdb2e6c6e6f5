"""Who decided what stands, worked out from the actions: an undo brings back the one before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from mild.store.folder import RunFolder
from mild.store.review.action_tables import only_of
from mild.store.review.file import has_column, reading


@dataclass(frozen=True, slots=True)
class _Step:
    """One action, as far as it was about an instance."""

    action: int
    reviewer: str


def decided_by(folder: RunFolder, instances: Iterable[int] | None = None) -> dict[int, str]:
    """Name the reviewer of each decision that stands, by instance; '' where nobody was named.

    Only of `instances`, where they are given.
    """
    with reading(folder, "decision_actions") as database:
        return {} if database is None else read_reviewers(database, instances)


def spelled(folder: RunFolder, name: str) -> str:
    """Spell a name as the review has it already, where only capitals differ: Anna is anna."""
    known: set[str] = set()
    for table in ("decision_actions", "opinions"):
        with reading(folder, table) as database:
            if database is not None and has_column(database, table, "reviewer"):
                rows = database.execute(f"SELECT DISTINCT reviewer FROM {table}")
                known |= {row[0] for row in rows if row[0]}
    alike = sorted(item for item in known if item.casefold() == name.casefold())
    return name if name in known or not alike else alike[0]


def read_reviewers(
    database: sqlite3.Connection, instances: Iterable[int] | None = None
) -> dict[int, str]:
    """Work out what `decided_by` returns."""
    # With the plus, SQLite goes through the changes once, not through the instances per action.
    only, given = only_of(instances)
    reviewer = "reviewer" if has_column(database, "decision_actions", "reviewer") else "NULL"
    rows = database.execute(
        f"SELECT instance, verdict, id, kind, target, coalesce({reviewer}, '') "
        f"FROM decision_changes JOIN decision_actions ON id = action WHERE +{only} ORDER BY id",
        given,
    )
    steps: dict[int, list[_Step]] = {}
    standing: dict[int, str] = {}
    for instance, verdict, action, kind, target, name in rows:
        known = steps.setdefault(instance, [])
        known.append(_Step(action, _whose(known, kind, target, name)))
        if verdict is None:
            standing.pop(instance, None)
        else:
            standing[instance] = known[-1].reviewer
    return standing


def _whose(known: list[_Step], kind: str, target: int | None, name: str) -> str:
    """The reviewer of what an action left: its own, or that of the decision it brought back."""
    if kind not in ("undo", "redo"):
        return name
    place = next((i for i, step in enumerate(known) if step.action == target), None)
    if place is None:
        return name
    if kind == "redo":
        return known[place].reviewer
    return known[place - 1].reviewer if place else ""
