"""What reviewers disagree about, read anew only where something was said or decided since.

Settling is one key per instance: among a hundred thousand opinions it must not cost all of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from mild.store.folder import RunFolder
from mild.store.review.action_tables import last_number, read_standing
from mild.store.review.decision import Decision
from mild.store.review.file import has_table, reading
from mild.store.review.opinions import (
    NOTHING_HEARD,
    Heard,
    Opinion,
    read_changed,
    read_heard,
    read_newest,
)
from mild.store.review.reviewers import read_reviewers
from mild.store.review.settling import Settled, read_settled


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """An instance about which reviewers disagree, and which nobody has settled."""

    instance: int
    said: tuple[tuple[str, Decision], ...]
    """Reviewer and what they say: the decision that stands first, then opinions as they came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moment:
    """How far everything had come that a conflict depends on."""

    heard: Heard = NOTHING_HEARD
    last_action: int = 0
    settled: tuple[int, float, float] = (0, 0.0, 0.0)
    """How many are, the sum of the opinions they settled, and when the last one was."""

    def before(self, later: _Moment) -> bool:
        """Whether it may be an earlier moment of the same file."""
        return self.heard.before(later.heard) and self.last_action <= later.last_action


@dataclass(frozen=True, kw_only=True, slots=True)
class Disputed:
    """Every conflict at one moment, by instance, in order."""

    conflicts: Mapping[int, Conflict] = field(default_factory=dict)
    moment: _Moment = field(default_factory=_Moment)
    settled: Mapping[int, Settled] = field(default_factory=dict)


NOTHING = Disputed()


def conflicts(folder: RunFolder) -> list[Conflict]:
    """Find every instance that reviewers disagree about and that nobody has settled, by index."""
    return list(disputed(folder, NOTHING).conflicts.values())


def disputed(folder: RunFolder, known: Disputed) -> Disputed:
    """Bring what was known up to date; the same object where nothing has changed."""
    with reading(folder, "opinions") as database:
        if database is None:
            return NOTHING
        database.execute("BEGIN")
        now = _moment(database)
        if now == known.moment:
            return known
        if not known.moment.before(now):  # an older copy was put back in the same place
            known = NOTHING
        settled = read_settled(database)
        changed = read_changed(database, known.moment.heard, now.heard)
        if changed is not None:
            changed |= _decided_since(database, known.moment.last_action)
            changed |= {instance for instance, _ in settled.items() ^ known.settled.items()}
        found = _among(database, changed, settled)
    kept = {} if changed is None else dict(known.conflicts)
    for instance in changed or ():
        kept.pop(instance, None)
    in_order = dict(sorted((kept | found).items())) if found else kept
    return Disputed(conflicts=in_order, moment=now, settled=settled)


def _moment(database: sqlite3.Connection) -> _Moment:
    many = "SELECT count(*), total(opinion), max(time) FROM opinions_settled"
    n, total, last = database.execute(many).fetchone()
    return _Moment(
        heard=read_heard(database),
        last_action=last_number(database) if has_table(database, "decision_actions") else 0,
        settled=(n, total, last or 0.0),
    )


def _decided_since(database: sqlite3.Connection, action: int) -> set[int]:
    if not has_table(database, "decision_changes"):
        return set()
    query = "SELECT instance FROM decision_changes WHERE action > ?"
    return {row[0] for row in database.execute(query, (action,))}


def _among(
    database: sqlite3.Connection, instances: set[int] | None, settled: Mapping[int, Settled]
) -> dict[int, Conflict]:
    """Find the conflicts about these instances; None: about any."""
    said: dict[int, list[Opinion]] = {}
    for item in read_newest(database, instances).values():
        said.setdefault(item.instance, []).append(item)
    there = has_table(database, "decision_actions")
    standing = read_standing(database, said) if there else {}
    found = {}
    for instance, items in said.items():
        stands = standing.get(instance)
        answers = {item.decision for item in items} | ({stands} if stands else set())
        newest = max(item.id for item in items)
        done = settled.get(instance)
        is_settled = done is not None and done.opinion >= newest and done.decision == stands
        if len(answers) > 1 and not is_settled:
            found[instance] = items
    whose = read_reviewers(database, found) if there else {}
    return {
        instance: _conflict(instance, items, standing.get(instance), whose.get(instance, ""))
        for instance, items in found.items()
    }


def _conflict(instance: int, items: list[Opinion], stands: Decision | None, whose: str) -> Conflict:
    said = [(item.reviewer, item.decision) for item in items]
    if stands is not None:
        said.insert(0, (whose, stands))
    return Conflict(instance=instance, said=tuple(said))
