"""What can be done with the run that is chosen in the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mild import jobs
from mild.store.overview import overview
from mild.store.requeue import requeue
from mild.store.review.about import about, rename, tag
from mild.store.run import all_runs
from mild.ui import overviews
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.test_new_run import command
from tests.runs_for_tests import Until, live, write_run


def actions(run_id: str) -> None:
    """The part of the page below the table: a table's boxes cannot be ticked from a test."""
    from mild.store.overview import overview
    from mild.store.run import open_run
    from mild.ui.runs import actions as run_actions

    run_actions.show([overview(open_run(run_id))], {run_id: run_id})


def chosen(run_id: str) -> AppTest:
    return AppTest.from_function(actions, kwargs={"run_id": run_id}, default_timeout=60).run()


def test_a_run_can_be_renamed_and_tagged(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed")
    app = chosen(run.run_id)
    app.text_input(f"name {run.run_id}").set_value("the good one")
    app.button(f"FormSubmitter:about {run.run_id}-Save").click().run()
    fine(app)
    assert about(run.folder).name == "the good one"


def test_names_and_tags_are_shown_and_searched(runs_root: Path, open_page: OpenPage) -> None:
    run, _ = write_run(runs_root, until="failed"), write_run(runs_root, until="failed")
    rename(run.folder, "the good one")
    tag(run.folder, ("baseline",))
    app = open_page()
    app.text_input("search").set_value("BASE").run()
    table = app.dataframe[0].value
    assert table["name"].tolist() == ["the good one"]
    assert list(table["tags"].iloc[0]) == ["baseline"]


def test_a_line_is_read_anew_only_where_something_was_written(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    read: list[str] = []
    real = overviews.overview  # type: ignore[attr-defined]
    monkeypatch.setattr(overviews, "overview", lambda run: read.append(run.run_id) or real(run))
    done, failed = write_run(runs_root), write_run(runs_root, until="failed")
    going_on = write_run(runs_root, until="training")
    with live(going_on):
        app = open_page()
        assert set(read) == {done.run_id, failed.run_id, going_on.run_id}
        read.clear()
        app.run()
        assert set(read) == {going_on.run_id}
        rename(done.folder, "the good one")
        assert "the good one" in app.run().dataframe[0].value["name"].tolist()
        requeue(failed.folder, 1.0)
        states = app.run().dataframe[0].value.set_index("name")["state"]
        assert "failed" not in states.tolist()


def test_deleting_asks_first_and_then_deletes(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed")
    app = chosen(run.run_id)
    assert "There is no way back." in words(app)
    assert all_runs()
    app.button(f"delete {run.run_id}").click().run()
    assert not all_runs()


def test_a_damaged_run_can_only_be_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="damaged")
    app = chosen(run.run_id)
    assert [item.label for item in app.button] == ["Delete it for good"]


def test_a_run_at_work_can_be_stopped_and_not_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="begun")
    with live(run):
        app = chosen(run.run_id)
        labels = [item.label for item in app.button]
        assert "Stop" in labels
        assert "Delete it for good" not in labels
        app.button("stop run").click().run()
        assert overview(run).state in ("stopped", "training")


def test_a_duplicate_starts_from_the_settings_of_the_run(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(7, 5), seed=11, name="the first")
    app = open_page("new_run", like=run.run_id)
    fine(app)
    assert app.text_input("name").value == "the first"
    assert "--rounds 7,5" in command(app)
    assert app.slider("rate").value == 30
    assert "--seed 11" in command(app)


@pytest.mark.parametrize("like", ["../..", "nobody"])
def test_a_duplicate_of_nothing_is_a_sentence(like: str, open_page: OpenPage) -> None:
    text = words(open_page("new_run", like=like))
    assert "`python -m mild runs` lists" in text


@pytest.mark.parametrize("state", ["stopped", "failed", "interrupted"])
def test_a_run_that_ended_early_can_be_resumed(
    state: Until, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[str] = []
    monkeypatch.setattr(jobs, "resume", lambda run: resumed.append(run.run_id))
    run = write_run(runs_root, until=state)
    app = chosen(run.run_id)
    app.button("resume run").click().run()
    fine(app)
    assert resumed == [run.run_id]
