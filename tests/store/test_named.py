"""A person's word for a run: its id, its name, or the beginning of its id."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.named import named_run
from mild.store.review.about import rename
from tests.runs_for_tests import write_run


def test_an_exact_name_wins_over_the_beginning_of_another_runs_id(runs_root: Path) -> None:
    longer = write_run(runs_root, until="queued", name="cats and dogs")
    ours = write_run(runs_root, until="queued", name="cats")
    assert longer.run_id.startswith("cats")
    assert named_run("cats").run_id == ours.run_id
    assert named_run("cats-and").run_id == longer.run_id
    assert named_run("cats and dogs").run_id == longer.run_id
    rename(ours.folder, longer.run_id)  # an id is an id, whatever others are called
    assert named_run(longer.run_id).run_id == longer.run_id


def test_where_several_fit_they_are_listed(runs_root: Path) -> None:
    ids = {write_run(runs_root, until="queued", name="cats").run_id for _ in range(2)}
    for words, why in (("cats", "have this name"), ("cats-2", "begin with it")):
        with pytest.raises(RunError) as error:
            named_run(words)
        assert f"2 {why} in {runs_root}; give " in str(error.value)
        assert all(run_id in str(error.value) for run_id in ids)


def test_a_run_that_cannot_be_read_hides_no_other(runs_root: Path) -> None:
    broken = write_run(runs_root, until="queued", name="broken")
    broken.folder.config.write_text("{")
    ours = write_run(runs_root, until="queued", name="ours")
    assert named_run("ours").run_id == ours.run_id


def test_a_runs_folder_that_is_not_there_is_named(runs_root: Path) -> None:
    with pytest.raises(
        RunError, match=f"none is there in {runs_root}, and there is no such folder"
    ):
        named_run("cats")
