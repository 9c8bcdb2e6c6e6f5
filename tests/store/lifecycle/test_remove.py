"""Deleted runs lie in the trash until it is emptied, and can be taken back whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.lifecycle.remove import TRASH, delete_run, empty_trash, restore_run, trashed
from mild.store.run import all_runs
from tests.runs_for_tests import write_run


def test_a_deleted_run_is_taken_back_whole(runs_root: Path) -> None:
    run, other = write_run(runs_root, n=60), write_run(runs_root, n=60, until="queued")
    before = run.rounds(), run.epochs(), run.config()
    delete_run(run)
    assert [item.run_id for item in all_runs()] == [other.run_id]
    assert [item.run_id for item in trashed()] == [run.run_id]
    back = restore_run(run.run_id)
    assert (back.rounds(), back.epochs(), back.config()) == before
    assert trashed() == []
    assert len(all_runs()) == 2


def test_an_emptied_trash_leaves_nothing(runs_root: Path) -> None:
    for _ in range(2):
        delete_run(write_run(runs_root, n=60, until="stopped"))
    assert empty_trash() == 2
    assert trashed() == []
    assert sorted(path.name for path in runs_root.iterdir()) == [TRASH]
    assert empty_trash() == 0


@pytest.mark.parametrize("run_id", ["nothing", "../escape", ""])
def test_what_is_not_in_the_trash_is_a_sentence(runs_root: Path, run_id: str) -> None:
    with pytest.raises(RunError) as error:
        restore_run(run_id)
    assert str(error.value) == (
        f"run {run_id!r} is not in the trash; `python -m mild trash` lists what is."
    )
