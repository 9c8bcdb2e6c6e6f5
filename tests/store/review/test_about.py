"""Names, tags and deleting: what people do with a run as a whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.lifecycle.remove import delete_run
from mild.store.overview import overview
from mild.store.review.about import About, about, rename, tag
from mild.store.run import all_runs
from tests.runs_for_tests import live, write_run


def test_a_run_has_the_name_it_was_asked_for_until_it_is_renamed(runs_root: Path) -> None:
    run = write_run(runs_root, until="preparing", name="as asked")
    assert about(run.folder) == About()
    assert overview(run).name == "as asked"
    rename(run.folder, "  the   better one ")
    assert overview(run).name == "the better one"
    assert run.config().name == "as asked"


def test_tags_replace_each_other_and_count_once(runs_root: Path) -> None:
    run = write_run(runs_root, until="preparing")
    tag(run.folder, ("good", "baseline", "good"))
    assert about(run.folder).tags == ("good", "baseline")
    tag(run.folder, ())
    assert overview(run).tags == ()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_is_neither_empty_nor_endless(name: str, runs_root: Path) -> None:
    run = write_run(runs_root, until="preparing")
    with pytest.raises(RunError, match="a run's name has 1 to 80 characters"):
        rename(run.folder, name)


def test_many_at_once_lose_nothing(runs_root: Path) -> None:
    run = write_run(runs_root, until="preparing")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: rename(run.folder, f"name {i}"), range(40)))
        list(pool.map(lambda i: tag(run.folder, (f"tag {i}",)), range(40)))
    found = about(run.folder)
    assert (found.name or "").startswith("name ")
    assert len(found.tags) == 1


def test_a_deleted_run_is_gone_and_the_others_are_not(runs_root: Path) -> None:
    run = write_run(runs_root, until="preparing")
    other = write_run(runs_root, until="preparing")
    delete_run(run)
    assert [item.run_id for item in all_runs()] == [other.run_id]


def test_a_damaged_run_can_be_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="damaged")
    delete_run(run)
    assert all_runs() == []


def test_a_run_at_work_is_not_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="begun")
    with live(run), pytest.raises(RunError, match="is at work; stop it before you delete it"):
        delete_run(run)
    assert run.folder.path.is_dir()
