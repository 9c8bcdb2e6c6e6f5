"""Settling what reviewers disagree about: a decision made after seeing what all of them said.

It is an action like others, also where it leaves what stands: so it has its reviewer, its place in
the history of the image, and its undo.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass

from mild.access import Role, needs
from mild.store.folder import RunFolder
from mild.store.review.action_tables import (
    COLUMNS,
    TABLES,
    as_cells,
    as_decision,
    read_standing,
    write_action,
)
from mild.store.review.decision import Action, Decision, Window
from mild.store.review.file import has_column, has_table, reading, writing
from mild.store.review.opinions import OPINION_TABLES, read_newest

_COLUMNS = (*COLUMNS, ("opinions_settled", "action"))
"""Settlements of older files have no action, and stand until there is another opinion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How an instance was settled last."""

    opinion: int
    """The newest opinion there was of it."""
    decision: Decision
    reviewer: str


@needs(Role.REVIEWER, "Settling a conflict")
def settle(folder: RunFolder, decided: Mapping[int, Decision], window: Window) -> Action | None:
    """Decide what reviewers disagree about; of the others, what is decided already stays."""
    with writing(folder, (*TABLES, *OPINION_TABLES), _COLUMNS) as database:
        newest: dict[int, int] = {}
        for item in read_newest(database, decided).values():
            newest[item.instance] = max(item.id, newest.get(item.instance, 0))
        standing = read_standing(database, decided)
        changes = {i: d for i, d in decided.items() if i in newest or standing.get(i) != d}
        if not changes:
            return None
        action = write_action(database, window, "decide", changes, standing)
        database.executemany(
            "INSERT OR REPLACE INTO opinions_settled "
            "(instance, opinion, verdict, label, reviewer, time, action) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (i, newest[i], *as_cells(said), window.reviewer, time.time(), action)
                for i, said in changes.items()
                if i in newest
            ),
        )
    return Action(id=action, kind="decide", n_changed=len(changes))


def settled(folder: RunFolder) -> dict[int, Settled]:
    """Read how each instance was settled last, if it was."""
    with reading(folder, "opinions_settled") as database:
        return {} if database is None else read_settled(database)


def read_settled(database: sqlite3.Connection) -> dict[int, Settled]:
    """Read the settlements whose decision nobody has taken back."""
    query = "SELECT instance, opinion, verdict, label, done.reviewer FROM opinions_settled AS done"
    known = has_column(database, "opinions_settled", "action")
    if known and has_table(database, "decision_actions"):
        query += " LEFT JOIN decision_actions ON id = action WHERE undone IS NULL"
    found = {}
    for instance, opinion, verdict, label, reviewer in database.execute(query):
        if (decision := as_decision(verdict, label)) is not None:
            found[instance] = Settled(opinion=opinion, decision=decision, reviewer=reviewer)
    return found
