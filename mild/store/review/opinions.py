"""Second opinions in review.db: what a reviewer says of an instance without seeing what is decided.

An opinion is no decision: what stands, and what is exported, stays as it is until somebody settles
what reviewers disagree about. Each opinion keeps what stood when it was given, and by whom, so that
agreement is measured between people who had not seen each other's answers. Nothing is ever
deleted; an undo marks an opinion as taken back.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
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
from mild.store.review.decisions import decisions
from mild.store.review.file import reading, writing
from mild.store.review.reviewers import decided_by, read_reviewers

_TABLES = (
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
        label INTEGER, reviewer TEXT NOT NULL, time REAL NOT NULL
    )
    """,
)
# opinions: `step` groups what was said at once; `first_...` is the decision that stood then.
# opinions_settled: `opinion` is the newest there was of the instance; the rest what was decided.


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
class Conflict:
    """An instance about which reviewers disagree, and which nobody has settled."""

    instance: int
    said: tuple[tuple[str, Decision], ...]
    """Reviewer and what they say: the decision that stands first, then opinions as they came."""


def opinions(folder: RunFolder) -> list[Opinion]:
    """Read the newest opinion of each reviewer about each instance, oldest first."""
    with reading(folder, "opinions") as database:
        return [] if database is None else list(_newest(database).values())


def of_reviewer(folder: RunFolder, reviewer: str) -> dict[int, Decision]:
    """Read what one reviewer says, by instance."""
    with reading(folder, "opinions") as database:
        said = {} if database is None else _said_by(database, reviewer)
    return {instance: decision for instance, decision in said.items() if decision is not None}


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
    with writing(folder, (*TABLES, *_TABLES), COLUMNS) as database:
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
    with writing(folder, _TABLES) as database:
        step = _step_of(database, window)
        if step is None:
            return None
        cursor = database.execute("UPDATE opinions SET undone = 1 WHERE step = ?", (step,))
        return Action(id=step, kind="undo", n_changed=cursor.rowcount)


@needs(Role.REVIEWER, "Settling a conflict")
def settle(folder: RunFolder, decided: Mapping[int, Decision], reviewer: str) -> None:
    """Write down that what reviewers disagreed about was decided, seeing what all of them said."""
    with writing(folder, _TABLES) as database:
        newest: dict[int, int] = {}
        for item in _newest(database, decided).values():
            newest[item.instance] = max(item.id, newest.get(item.instance, 0))
        database.executemany(
            "INSERT OR REPLACE INTO opinions_settled VALUES (?, ?, ?, ?, ?, ?)",
            (
                (i, newest[i], *as_cells(said), reviewer, time.time())
                for i, said in decided.items()
                if i in newest
            ),
        )


def conflicts(folder: RunFolder) -> list[Conflict]:
    """Find every instance that reviewers disagree about and that nobody has settled, by index."""
    with reading(folder, "opinions") as database:
        if database is None:
            return []
        given = list(_newest(database).values())
        rows = database.execute("SELECT instance, opinion, verdict, label FROM opinions_settled")
        settled = {row[0]: (row[1], Decision(row[2], row[3])) for row in rows}
    said: dict[int, list[Opinion]] = {}
    for item in given:
        said.setdefault(item.instance, []).append(item)
    standing, whose = decisions(folder, said), decided_by(folder, said)
    found = []
    for instance, items in sorted(said.items()):
        stands = standing.get(instance)
        all_said = [(item.reviewer, item.decision) for item in items]
        if stands is not None:
            all_said.insert(0, (whose.get(instance, ""), stands))
        until = max(item.id for item in items)
        if len({decision for _, decision in all_said}) > 1 and (
            settled.get(instance) != (until, stands)
        ):
            found.append(Conflict(instance=instance, said=tuple(all_said)))
    return found


def _newest(
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
