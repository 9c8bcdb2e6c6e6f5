"""Decisions: every one is kept, can be taken back, and survives whoever else writes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import can_undo, decide, decisions, last_action, redo, since, undo
from tests.conftest import PROJECT

KEEP, DROP = Decision("keep"), Decision("drop")
A, B = Window("a", 0), Window("b", 0)


def test_before_the_first_decision_there_is_nothing_and_no_file(folder: RunFolder) -> None:
    assert decisions(folder) == {}
    assert last_action(folder) == 0
    assert can_undo(folder, A) == (False, False)
    assert not (folder.path / "review.db").exists()


def test_what_is_decided_is_read_back_in_order_of_instances(folder: RunFolder) -> None:
    decide(folder, {7: DROP, 2: Decision("relabel", 3)}, A)
    decide(folder, {5: KEEP}, A)
    assert decisions(folder) == {2: Decision("relabel", 3), 5: KEEP, 7: DROP}
    assert list(decisions(folder)) == [2, 5, 7]


def test_deciding_what_is_decided_already_is_no_action(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    assert decide(folder, {1: KEEP}, A) is None
    assert last_action(folder) == 1


def test_none_takes_a_decision_back_and_that_can_be_undone(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    decide(folder, {1: None, 2: None}, A)
    assert decisions(folder) == {}
    undo(folder, A)
    assert decisions(folder) == {1: KEEP}


def test_any_sequence_of_decisions_is_undone_and_redone_step_by_step(folder: RunFolder) -> None:
    rng = np.random.default_rng(0)
    choices = [None, KEEP, DROP, Decision("relabel", 0), Decision("relabel", 4)]
    seen = [decisions(folder)]
    for _ in range(60):
        instances = rng.choice(12, size=rng.integers(1, 5), replace=False)
        wanted = {int(i): choices[rng.integers(len(choices))] for i in instances}
        if decide(folder, wanted, A) is not None:
            seen.append(decisions(folder))
    assert len(seen) > 50
    for expected in reversed(seen[:-1]):
        undo(folder, A)
        assert decisions(folder) == expected
    assert undo(folder, A) is None
    for expected in seen[1:]:
        redo(folder, A)
        assert decisions(folder) == expected
    assert redo(folder, A) is None


def test_a_new_decision_after_an_undo_leaves_nothing_to_redo(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    decide(folder, {1: DROP}, A)
    undo(folder, A)
    decide(folder, {2: DROP}, A)
    assert can_undo(folder, A) == (True, False)
    assert redo(folder, A) is None
    assert decisions(folder) == {1: KEEP, 2: DROP}
    undo(folder, A)
    undo(folder, A)
    assert decisions(folder) == {}
    assert [redo(folder, A) is not None for _ in range(3)] == [True, True, False]
    assert decisions(folder) == {1: KEEP, 2: DROP}


def test_undo_and_redo_go_on_after_a_restart(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    decide(folder, {2: DROP}, A)
    undo(folder, A)
    after = Window("opened after the restart", last_action(folder))
    assert can_undo(folder, after) == (True, True)
    redo(folder, after)
    assert decisions(folder) == {1: KEEP, 2: DROP}
    undo(folder, after)
    undo(folder, after)
    assert decisions(folder) == {}


def test_undo_leaves_alone_what_another_window_does_meanwhile(folder: RunFolder) -> None:
    decide(folder, {1: KEEP, 2: KEEP}, A)
    decide(folder, {3: DROP}, B)
    decide(folder, {2: DROP}, B)
    done = undo(folder, A)
    assert done is not None
    assert (done.n_changed, done.n_passed_over) == (1, 1)
    assert decisions(folder) == {2: DROP, 3: DROP}
    assert undo(folder, A) is None


def test_undo_in_a_new_window_takes_back_ones_own_and_not_a_colleagues(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, Window("of before names", 0))
    decide(folder, {2: DROP}, Window("anna's first", 0, "anna"))
    decide(folder, {3: DROP}, Window("ben's", 0, "ben"))
    anna, somebody = (Window(name, last_action(folder), name) for name in ("anna", ""))
    assert can_undo(folder, Window("new", last_action(folder), "carla")) == (True, False)
    undo(folder, anna)
    assert decisions(folder) == {1: KEEP, 3: DROP}
    assert can_undo(folder, Window("ben's later one", last_action(folder), "ben")) == (True, False)
    undo(folder, somebody)
    assert decisions(folder) == {3: DROP}
    assert can_undo(folder, somebody) == (False, True)
    assert can_undo(folder, anna) == (False, True)


def test_deciding_about_a_run_that_somebody_deleted_says_so(folder: RunFolder) -> None:
    folder.path.rename(folder.path.with_name("in the trash"))
    with pytest.raises(RunError, match="no longer here: somebody deleted it"):
        decide(folder, {1: KEEP}, A)
    assert not folder.path.exists()


def test_what_changed_since_an_action_leads_to_how_things_stand(folder: RunFolder) -> None:
    assert since(folder, 0) == (0, {})
    decide(folder, {1: KEEP, 2: KEEP}, A)
    decide(folder, {2: DROP}, B)
    assert since(folder, 0) == (2, {1: KEEP, 2: DROP})
    undo(folder, B)
    decide(folder, {3: DROP}, A)
    assert since(folder, 2) == (4, {2: KEEP, 3: DROP})
    undo(folder, A)
    assert since(folder, 4) == (5, {3: None})
    assert since(folder, 5) == (5, {})


def test_every_change_is_on_record_with_what_was_there_before(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    decide(folder, {1: Decision("relabel", 2)}, A)
    undo(folder, A)
    with sqlite3.connect(folder.path / "review.db") as database:
        rows = database.execute("SELECT * FROM decision_changes ORDER BY action").fetchall()
    database.close()
    assert rows == [
        (1, 1, None, None, "keep", None),
        (2, 1, "keep", None, "relabel", 2),
        (3, 1, "relabel", 2, "keep", None),
    ]


def test_eight_programs_writing_at_once_lose_nothing(folder: RunFolder) -> None:
    """Each decides about 30 instances of its own and one of all, and undoes every third."""
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(folder.path), str(k)], cwd=PROJECT)
        for k in range(8)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 8
    found = decisions(folder)
    own = {i for i in found if i != 1000}
    assert own == {100 * k + i for k in range(8) for i in range(30) if i % 3}
    with sqlite3.connect(folder.path / "review.db") as database:
        actions = dict(
            database.execute("SELECT kind, count(*) FROM decision_actions GROUP BY kind").fetchall()
        )
        last = database.execute(
            "SELECT label FROM decision_changes WHERE instance = 1000 ORDER BY action DESC LIMIT 1"
        ).fetchone()
        check = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    assert actions["undo"] == 8 * 10
    assert found[1000] == Decision("relabel", last[0])
    assert check == ("ok",)


_WRITER = """
import sys
from pathlib import Path
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, undo
from mild.store.folder import RunFolder

folder, k = RunFolder(Path(sys.argv[1])), int(sys.argv[2])
window = Window(f"window {k}", 0)
for i in range(30):
    decide(folder, {1000: Decision("relabel", 100 * k + i)}, window)
    assert decide(folder, {100 * k + i: Decision("drop")}, window)
    if i % 3 == 0:
        assert undo(folder, window).n_changed == 1
"""


def test_a_writer_killed_in_the_middle_leaves_what_was_there(folder: RunFolder) -> None:
    decide(folder, {1: KEEP}, A)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder.path)], cwd=PROJECT, check=False
    )
    assert killed.returncode == -9
    assert (folder.path / "review.db-journal").exists()
    assert decisions(folder) == {1: KEEP}
    decide(folder, {2: DROP}, A)
    assert decisions(folder) == {1: KEEP, 2: DROP}


_KILLED = """
import os, signal, sys
from pathlib import Path
from mild.store.review.file import writing
from mild.store.folder import RunFolder

with writing(RunFolder(Path(sys.argv[1])), []) as database:
    database.execute("PRAGMA cache_size = 2")
    for i in range(5000):
        database.execute("INSERT INTO decisions VALUES (?, 'drop', NULL)", (10 + i,))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_damaged_file_is_a_sentence(folder: RunFolder) -> None:
    (folder.path / "review.db").write_bytes(b"edited by hand\n" * 100)
    for act in (decisions, last_action, lambda at: decide(at, {1: KEEP}, A)):
        with pytest.raises(RunError, match=r"review\.db cannot be read or written"):
            act(folder)


def test_a_file_that_holds_only_other_tables_has_no_decisions(folder: RunFolder) -> None:
    with sqlite3.connect(folder.path / "review.db") as database:
        database.execute("CREATE TABLE cuts (round INTEGER)")
    database.close()
    assert decisions(folder) == {}
    decide(folder, {1: KEEP}, A)
    assert decisions(folder) == {1: KEEP}


@pytest.mark.parametrize(("verdict", "label"), [("relabel", None), ("keep", 3), ("eat", None)])
def test_half_a_decision_is_none(verdict: str, label: int | None) -> None:
    with pytest.raises(ValueError, match="is no decision"):
        Decision(verdict, label)  # type: ignore[arg-type]
