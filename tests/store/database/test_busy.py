"""A database that somebody else holds: read from the snapshot, or told in words for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.database import connect
from mild.store.lifecycle.requeue import requeue
from mild.store.lock import RecordLock
from mild.store.review import file as review_file
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.run import Run
from tests.runs_for_tests import write_run

Action = Callable[[Run], object]
KEEP, WINDOW = {1: Decision("keep")}, Window("a", 0)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Nobody waits for long."""
    run = write_run(tmp_path, n=60, until="stopped")
    decide(run.folder, KEEP, WINDOW)
    monkeypatch.setattr(review_file, "WAIT_SECONDS", 0.01)
    real = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *words, **how: real(*words, **{**how, "timeout": 0.01})
    )
    return run


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("run.db", Run.state),
        ("run.db", Run.epochs),
        ("run.db", lambda run: connect.open_to_write(run.folder.database)),
        ("run.db", lambda run: requeue(run.folder, 0)),
        ("review.db", lambda run: decisions(run.folder)),
        ("review.db", lambda run: decide(run.folder, {2: Decision("drop")}, WINDOW)),
    ],
)
def test_people_are_told_who_is_in_the_way_and_that_nothing_is_damaged(
    run: Run, name: str, action: Action
) -> None:
    with _held(run.folder.path / name), pytest.raises(RunError) as told:
        action(run)
    assert f"another program has had {name} open" in str(told.value)
    assert "locked" not in str(told.value)
    assert "copy" not in str(told.value)
    partial(action, run)()  # and afterwards it is done


def test_a_worker_that_was_stopped_while_nobody_may_read_is_read_from_its_snapshot(
    run: Run,
) -> None:
    lock = RecordLock(run.folder.lock)
    assert lock.acquire()
    n_epochs = len(run.epochs())
    with _held(run.folder.database):
        assert len(run.epochs()) == n_epochs
    lock.release()
