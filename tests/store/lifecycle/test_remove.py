"""Deleted runs lie in the trash until it is emptied, and can be taken back whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.lifecycle.remove import TRASH, delete_run, empty_trash, restore_run, trashed
from mild.store.run import all_runs
from mild.store.writing.leftovers import DELETING
from tests.runs_for_tests import live, write_run


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


def test_a_run_whose_worker_is_there_is_not_deleted_whatever_became_of_its_files(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, n=60, until="damaged")
    with live(run), pytest.raises(RunError, match="is at work; stop it before you delete it"):
        delete_run(run)
    delete_run(run)
    assert [item.run_id for item in trashed()] == [run.run_id]


def test_what_an_earlier_emptying_left_is_in_nobodys_way(runs_root: Path) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    (runs_root / f"{DELETING}{run.run_id}" / "rounds").mkdir(parents=True)
    delete_run(run)
    assert empty_trash() == 1
    assert [path.name for path in runs_root.iterdir()] == [TRASH]


def test_two_who_empty_the_trash_at_once_are_not_in_each_others_way(runs_root: Path) -> None:
    for _ in range(6):
        delete_run(write_run(runs_root, n=60, until="stopped"))
    with ThreadPoolExecutor(3) as pool:
        counted = list(pool.map(lambda _: empty_trash(runs_root), range(3)))
    assert sum(counted) == 6
    assert [path.name for path in runs_root.iterdir()] == [TRASH]
