"""Conflicts brought up to date are those found anew, and cost what was changed since."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from mild.store.folder import RunFolder
from mild.store.review import conflicts, file, opinions
from mild.store.review import decisions as store
from mild.store.review.action_tables import COLUMNS, TABLES, add_action, write_changes
from mild.store.review.conflicts import NOTHING, disputed
from mild.store.review.decision import Decision, Window
from mild.store.review.opinions import NOTHING_HEARD, Heard, said_since
from mild.store.review.reviewers import decided_by
from mild.store.review.settling import settle

ANSWERS = (Decision("keep"), Decision("drop"), Decision("relabel", 2), None)
WINDOWS = [Window(name, 0, name) for name in ("anna", "ben", "carla")]
MANY = 1500


def something(folder: RunFolder, rng: Random) -> None:
    """Do one of all the things that people do in a review, about some of ten instances."""
    window = rng.choice(WINDOWS)
    wanted = {i: rng.choice(ANSWERS) for i in rng.sample(range(10), rng.randint(1, 4))}
    settled = {i: decision for i, decision in wanted.items() if decision is not None}
    doings: list[Callable[[], object]] = [
        lambda: store.decide(folder, wanted, window),
        lambda: opinions.give(folder, wanted, window),
        lambda: opinions.give(folder, wanted, window),
        lambda: store.undo(folder, window),
        lambda: store.redo(folder, window),
        lambda: opinions.undo(folder, window),
        lambda: settle(folder, settled, window),
    ]
    rng.choice(doings)()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_conflicts_brought_up_to_date_are_those_found_anew(
    seed: int, folder: RunFolder
) -> None:
    rng, known = Random(seed), NOTHING
    heard, said = NOTHING_HEARD, dict[int, Decision]()
    n_found = 0
    for _ in range(40):
        something(folder, rng)
        known = disputed(folder, known)
        fresh = disputed(folder, NOTHING)
        assert list(known.conflicts.items()) == list(fresh.conflicts.items())
        assert disputed(folder, known) is known
        n_found += len(fresh.conflicts)
        heard, changes = said_since(folder, "ben", heard)
        said = {i: d for i, d in {**said, **changes}.items() if d is not None}
        assert said == opinions.of_reviewer(folder, "ben")
    assert n_found > 5


def test_an_older_copy_put_back_is_read_from_the_beginning(folder: RunFolder) -> None:
    store.decide(folder, {1: ANSWERS[0], 2: ANSWERS[0]}, WINDOWS[0])
    opinions.give(folder, {1: ANSWERS[1]}, WINDOWS[1])
    older = folder.review.read_bytes()
    opinions.give(folder, {2: ANSWERS[1]}, WINDOWS[1])
    known = disputed(folder, NOTHING)
    heard, _ = said_since(folder, "ben", NOTHING_HEARD)
    assert list(known.conflicts) == [1, 2]
    folder.review.write_bytes(older)
    assert list(disputed(folder, known).conflicts) == [1]
    now, said = said_since(folder, "ben", heard)
    assert not heard.before(now)
    assert said == {1: ANSWERS[1]}


@pytest.fixture
def reviewed(folder: RunFolder) -> RunFolder:
    """Decided key by key by one reviewer; another disagrees about each tenth."""
    keep, drop = ANSWERS[:2]
    with file.writing(folder, TABLES, COLUMNS) as database:
        for index in range(MANY):
            action = add_action(database, WINDOWS[0], "decide")
            write_changes(database, action, {index: keep}, {})
    said = {index: keep if index % 10 else drop for index in range(MANY)}
    opinions.give(folder, said, WINDOWS[1])
    return folder


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one for every hundred steps that SQLite takes; no clock, so no busy machine."""
    taken: list[int] = []
    connect = file._connect

    def counting(*asked: Any) -> sqlite3.Connection:
        database = connect(*asked)
        database.set_progress_handler(lambda: taken.append(1), 100)
        return database

    monkeypatch.setattr(file, "_connect", counting)
    return taken


def test_who_decided_costs_what_is_decided_not_that_times_what_is_asked(
    reviewed: RunFolder, steps: list[int]
) -> None:
    assert len(decided_by(reviewed, range(MANY))) == MANY
    assert 100 * len(steps) < 100 * MANY


def test_settling_one_conflict_looks_at_that_one_again(
    reviewed: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = disputed(reviewed, NOTHING)
    assert len(known.conflicts) == MANY // 10
    looked_at: list[set[int]] = []
    among = conflicts._among

    def noted(database: sqlite3.Connection, instances: set[int], *more: Any) -> Any:
        looked_at.append(instances)
        return among(database, instances, *more)

    monkeypatch.setattr(conflicts, "_among", noted)
    settle(reviewed, {10: Decision("drop")}, WINDOWS[2])
    now = disputed(reviewed, known)
    assert set(known.conflicts) - set(now.conflicts) == {10}
    assert looked_at == [{10}]


def test_what_was_heard_is_before_itself_and_not_before_less() -> None:
    assert Heard(last=3, n_undone=1).before(Heard(last=3, n_undone=1))
    assert not Heard(last=3, n_undone=1).before(Heard(last=4, n_undone=0))
