"""Second opinions in review.db: what a reviewer says of an instance without seeing what is decided.

An opinion is no decision: what stands, and what is exported, stays as it is until somebody settles
what reviewers disagree about. Each opinion keeps what stood when it was given, and by whom, so that
agreement is measured between people who had not seen each other's answers. Nothing is ever
deleted; an undo marks an opinion as taken back.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from mild.access import Role, needs
from mild.store.folder import RunFolder
from mild.store.review.action_tables import (
    COLUMNS,
    TABLES,
    as_cells,
    as_decision,
    only_of,
    read_standing,
)
from mild.store.review.decision import Action, Decision, Wanted, Window
from mild.store.review.file import reading, writing
from mild.store.review.reviewers import read_reviewers

OPINION_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS opinions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, window TEXT NOT NULL,
        reviewer TEXT NOT NULL, step INTEGER NOT NULL, instance INTEGER NOT NULL,
        verdict TEXT, label INTEGER,
        first_reviewer TEXT NOT NULL, first_verdict TEXT, first_label INTEGER,
        undone INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS opinions_settled (
        instance INTEGER PRIMARY KEY, opinion INTEGER NOT NULL, verdict TEXT NOT NULL,
        label INTEGER, reviewer TEXT NOT NULL, time REAL NOT NULL, action INTEGER
    )
    """,
)
# opinions: `step` groups what was said at once; `first_...` is the decision that stood then.
# opinions_settled: `opinion` is the newest there was of the instance, `action` what decided it.


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """What a reviewer says of an instance."""

    id: int
    instance: int
    reviewer: str
    decision: Decision
    first_reviewer: str
    """Who had decided what stood then; '' where nobody was named."""
    first: Decision | None
    """What stood then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """How far the opinions had come when they were read."""

    last: int = 0
    """Number of the last one."""
    n_undone: int = 0
    """Taken back; no opinion ever comes back."""

    def before(self, later: Heard) -> bool:
        """Whether it may be an earlier moment of the same file."""
        return self.last <= later.last and self.n_undone <= later.n_undone


NOTHING_HEARD = Heard()


def opinions(folder: RunFolder) -> list[Opinion]:
    """Read the newest opinion of each reviewer about each instance, oldest first."""
    with reading(folder, "opinions") as database:
        return [] if database is None else list(read_newest(database).values())


def of_reviewer(folder: RunFolder, reviewer: str) -> dict[int, Decision]:
    """Read what one reviewer says, by instance."""
    said = said_since(folder, reviewer, NOTHING_HEARD)[1]
    return {instance: decision for instance, decision in said.items() if decision is not None}


def said_since(folder: RunFolder, reviewer: str, heard: Heard) -> tuple[Heard, Wanted]:
    """Return how far the opinions have come, and what one reviewer says where that is new.

    Costs little where nothing is. Starts from the beginning with `NOTHING_HEARD`, and where the
    file is an older one than before.
    """
    with reading(folder, "opinions") as database:
        if database is None:
            return NOTHING_HEARD, {}
        database.execute("BEGIN")
        now = read_heard(database)
        if now == heard:
            return now, {}
        if not heard.before(now):
            heard = NOTHING_HEARD
        changed = read_changed(database, heard, now)
        said = _said_by(database, reviewer, changed)
        # What was taken back may leave nothing said.
        return now, {**dict.fromkeys(changed or ()), **said}


@needs(Role.REVIEWER, "Giving an opinion")
def give(folder: RunFolder, wanted: Wanted, window: Window) -> Action | None:
    """Write down what the window's reviewer says of some instances; None where nothing is new.

    Raises
    ------
    ValueError
        If the window has no reviewer.
    """
    if not window.reviewer:
        raise ValueError("an opinion needs a reviewer")
    with writing(folder, (*TABLES, *OPINION_TABLES), COLUMNS) as database:
        mine = _said_by(database, window.reviewer, wanted)
        changes = {i: said for i, said in wanted.items() if mine.get(i) != said}
        if not changes:
            return None
        standing, whose = read_standing(database, changes), read_reviewers(database, changes)
        step = _last(database) + 1
        database.executemany(
            "INSERT INTO opinions (time, window, reviewer, step, instance, verdict, label, "
            "first_reviewer, first_verdict, first_label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (time.time(), window.name, window.reviewer, step, i, *as_cells(said),
                 whose.get(i, ""), *as_cells(standing.get(i)))
                for i, said in changes.items()
            ),
        )  # fmt: skip
    return Action(id=step, kind="decide", n_changed=len(changes))


def can_undo(folder: RunFolder, window: Window) -> bool:
    """Whether this window has given an opinion that it can take back."""
    with reading(folder, "opinions") as database:
        return database is not None and _step_of(database, window) is not None


@needs(Role.REVIEWER, "Taking an opinion back")
def undo(folder: RunFolder, window: Window) -> Action | None:
    """Take back what this window said last; None where there is nothing."""
    with writing(folder, OPINION_TABLES) as database:
        step = _step_of(database, window)
        if step is None:
            return None
        cursor = database.execute("UPDATE opinions SET undone = 1 WHERE step = ?", (step,))
        return Action(id=step, kind="undo", n_changed=cursor.rowcount)


def read_newest(
    database: sqlite3.Connection, instances: Iterable[int] | None = None
) -> dict[tuple[int, str], Opinion]:
    """By instance and reviewer, what was not taken back; in the order in which it was said."""
    only, given = only_of(instances)
    rows = database.execute(
        "SELECT id, instance, reviewer, verdict, label, first_reviewer, first_verdict, first_label "
        f"FROM opinions WHERE NOT undone AND {only} ORDER BY id",
        given,
    )
    found: dict[tuple[int, str], Opinion] = {}
    for id_, instance, reviewer, verdict, label, first_reviewer, *first in rows:
        found.pop((instance, reviewer), None)
        if verdict is not None:
            found[instance, reviewer] = Opinion(
                id=id_, instance=instance, reviewer=reviewer, decision=Decision(verdict, label),
                first_reviewer=first_reviewer,
                first=as_decision(*first),
            )  # fmt: skip
    return found


def read_heard(database: sqlite3.Connection) -> Heard:
    """Read how far the opinions have come."""
    last, n_undone = database.execute("SELECT max(id), total(undone) FROM opinions").fetchone()
    return Heard(last=last or 0, n_undone=int(n_undone))


def read_changed(database: sqlite3.Connection, since: Heard, now: Heard) -> set[int] | None:
    """Read about which instances something was said or taken back since; None: about any."""
    if since == NOTHING_HEARD:
        return None
    new = database.execute("SELECT instance FROM opinions WHERE id > ?", (since.last,))
    changed = {row[0] for row in new}
    if now.n_undone != since.n_undone:  # which of them is new is not told
        changed |= {
            row[0] for row in database.execute("SELECT instance FROM opinions WHERE undone")
        }
    return changed


def _said_by(
    database: sqlite3.Connection, reviewer: str, instances: Iterable[int] | None = None
) -> Wanted:
    """By instance, what a reviewer said last and did not take back; None where it was cleared."""
    only, given = only_of(instances)
    rows = database.execute(
        "SELECT instance, verdict, label FROM opinions "
        f"WHERE NOT undone AND reviewer = ? AND {only} ORDER BY id",
        (reviewer, *given),
    )
    return {row[0]: as_decision(row[1], row[2]) for row in rows}


def _step_of(database: sqlite3.Connection, window: Window) -> int | None:
    row = database.execute(
        "SELECT max(step) FROM opinions WHERE window = ? AND NOT undone", (window.name,)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _last(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT max(step) FROM opinions").fetchone()[0] or 0)
