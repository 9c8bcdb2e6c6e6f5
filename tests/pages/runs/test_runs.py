"""Home: three ways to begin, a row opens its run, and what can be done with those ticked."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mild import jobs
from mild.store.files import stamp
from mild.store.lifecycle.remove import delete_run, trashed
from mild.store.lifecycle.requeue import requeue
from mild.store.overview import Overview, overview
from mild.store.review.about import about, rename, tag
from mild.store.run import all_runs
from mild.ui.cache import overviews
from mild.ui.frame.empty import WILL_SHOW
from mild.ui.runs.next_step import NextStep, next_step
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.new_run.test_new_run import command
from tests.runs_for_tests import Until, live, write_run


def actions(run_ids: list[str]) -> None:
    """The part of the page above the table: a table's boxes cannot be ticked from a test."""
    from mild.store.overview import overview
    from mild.store.run import open_run
    from mild.ui.runs import actions as run_actions
    from mild.ui.runs.names import names_of

    picked = [overview(open_run(run_id)) for run_id in run_ids]
    run_actions.show(picked, names_of(picked))


def chosen(*run_ids: str) -> AppTest:
    return AppTest.from_function(
        actions, kwargs={"run_ids": list(run_ids)}, default_timeout=60
    ).run()


def toast(app: AppTest) -> str:
    """What app.py would say after the rerun."""
    return str(app.session_state["_toast"])


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
    monkeypatch.setattr(stamp, "SETTLED_SECONDS", 0.0)
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


def test_deleting_names_the_run_asks_first_and_then_deletes(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed", name="street signs")
    app = chosen(run.run_id)
    assert "Delete?" in words(app)
    assert "you can take back" in words(app)
    assert "Delete “street signs”" in words(app)
    assert all_runs()
    app.button(f"delete {run.run_id}").click().run()
    assert not all_runs()
    assert toast(app) == "street signs in the trash."


def test_several_runs_are_tagged_stopped_compared_and_deleted_together(runs_root: Path) -> None:
    failed = write_run(runs_root, until="failed", name="failed one")
    begun = write_run(runs_root, until="begun", name="live one")
    tag(failed.folder, ("mine",))
    with live(begun):
        app = chosen(failed.run_id, begun.run_id)
        fine(app)
        assert "2 runs chosen" in words(app)
        assert {"Compare", "Stop 1", "Resume 1", "Delete “failed one”"} <= {
            item.label.replace("\\", "") for item in app.button
        }
        key = f"{failed.run_id} {begun.run_id}"
        app.multiselect(f"tags {key}").set_value(["baseline"])
        app.button(f"FormSubmitter:about {key}-Save").click().run()
        assert about(failed.folder).tags == ("mine", "baseline")
        assert about(begun.folder).tags == ("baseline",)
        chosen(failed.run_id, begun.run_id).button("stop run").click().run()
    app = chosen(failed.run_id, begun.run_id)
    app.button(f"delete {failed.run_id} {begun.run_id}").click().run()
    assert not all_runs()
    assert toast(app) == "2 runs in the trash."


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"state": "training"}, NextStep("Watch it train", "live")),
        ({"state": "waiting"}, NextStep("Set the cut", "selection")),
        ({"state": "failed"}, NextStep("See why it failed", "live")),
        ({"state": "done", "flagged": 177}, NextStep("177 flagged: review", "review")),
        (
            {"state": "done", "flagged": 177, "decided": 40},
            NextStep("40 decided: go on", "review"),
        ),
        ({"state": "done", "flagged": 4, "decided": 4}, NextStep("Reviewed: export", "review")),
        (
            {"state": "done", "flagged": 177, "can_tell": False},
            NextStep("Cannot tell: see why", "selection"),
        ),
        ({"state": "done", "flagged": 0}, NextStep("See the selection", "selection")),
    ],
)
def test_what_to_do_next_follows_from_the_state_of_the_run(
    changes: dict[str, Any], step: NextStep
) -> None:
    item = Overview(run_id="a", name="a", state="done", sentence="")
    assert next_step(replace(item, **changes)) == step


def test_a_clicked_row_opens_its_run_where_the_next_step_is(
    runs_root: Path, open_page: OpenPage
) -> None:
    older = write_run(runs_root, until="failed", name="older")
    run = write_run(runs_root, name="newer")
    app = open_page()
    assert app.dataframe[0].value["name"].tolist() == ["newer", "older"]
    assert "flagged: review" in app.dataframe[0].value["next"][0]
    key = f"runs {zlib.crc32(' '.join((run.run_id, older.run_id)).encode())}"
    app.session_state[key] = {"selection": {"rows": [], "columns": [], "cells": [(0, "name")]}}
    app.run()
    fine(app)
    assert app.session_state["_page"] == "review"


def test_names_that_are_alike_are_told_apart_by_their_time(
    runs_root: Path, open_page: OpenPage
) -> None:
    write_run(runs_root, until="failed", name="flowers")
    write_run(runs_root, until="failed", name="birds")
    write_run(runs_root, until="failed", name="flowers")
    names = open_page().dataframe[0].value["name"].tolist()
    assert names[1] == "birds"
    assert len(set(names)) == 3
    assert all(name.startswith("flowers · ") for name in (names[0], names[2]))


def test_lines_of_older_runs_are_read_later_and_the_page_says_so(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    monkeypatch.setattr(overviews.overviews, "__defaults__", (0.0,))
    for _ in range(6):
        write_run(runs_root, until="failed")
    app = open_page()
    text = words(app)
    assert "older runs are still being read." in text
    for _ in range(5):  # one line each time
        app.run()
    assert "older runs are still being read." not in words(app)
    assert len(app.dataframe[0].value) == 6


def test_the_empty_home_has_three_ways_to_begin(open_page: OpenPage) -> None:
    app = open_page()
    fine(app)
    titles = [item.value for item in app.subheader]
    assert titles == ["Check my images", "See it on an example", "Learn how it works"]
    assert len(app.get("image")) == 3
    app.button("check my images").click().run()
    assert app.selectbox("data").value == "folder"


@pytest.mark.parametrize("page", sorted(WILL_SHOW))
def test_an_empty_page_shows_what_it_will_show(page: str, open_page: OpenPage) -> None:
    app = open_page(page)
    fine(app)
    assert WILL_SHOW[page] in words(app)
    assert len(app.get("image")) == 1


def test_a_damaged_run_can_only_be_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="damaged")
    app = chosen(run.run_id)
    (only,) = app.button
    assert only.key == f"delete {run.run_id}"


def test_a_run_at_work_can_be_stopped_and_not_deleted(runs_root: Path) -> None:
    run = write_run(runs_root, until="begun")
    with live(run):
        app = chosen(run.run_id)
        labels = [item.label for item in app.button]
        assert "Stop" in labels
        assert not any("Delete" in label for label in labels)
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


def test_a_deleted_run_is_taken_back_from_below_the_list(
    runs_root: Path, open_page: OpenPage
) -> None:
    gone, other = (write_run(runs_root, until="failed", name=name) for name in ("gone", "other"))
    delete_run(gone)
    app = open_page()
    fine(app)
    assert [item.label for item in app.expander if item.label.startswith("Trash")] == ["Trash (1)"]
    app.multiselect("in trash").select(gone.run_id).run()
    app.button("restore").click().run()
    fine(app)
    assert {run.run_id for run in all_runs()} == {gone.run_id, other.run_id}
    assert not [item.label for item in app.expander if item.label.startswith("Trash")]


def test_the_trash_is_emptied_only_after_it_has_been_said_what_that_means(
    runs_root: Path, open_page: OpenPage
) -> None:
    delete_run(write_run(runs_root, until="failed"))
    app = open_page()
    fine(app)
    assert "There is no way back." in words(app)
    app.button("empty trash").click().run()
    assert trashed() == []
