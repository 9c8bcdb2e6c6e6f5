"""Live: what is happening right now, in every state, and what can be done about it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mild import jobs
from mild.analysis import learning
from mild.config import parse
from mild.store.database import connect
from mild.store.folder import RunFolder
from mild.store.review.cuts import given_cut
from mild.store.run import Run
from mild.store.writer import RunWriter
from mild.ui.cache.learning import dynamics, memorized_by_group
from mild.ui.cache.matrix import mosaic, ordered_by
from mild.ui.cache.rounds import load_round
from mild.ui.live import device, panel
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.selection.test_selection_planted import with_planted
from tests.runs_for_tests import Until, live, write_run


def labels(app: AppTest) -> list[str]:
    return [str(item.label) for item in app.button]


@pytest.fixture
def waiting(runs_root: Path) -> Run:
    """A run whose first round is trained and waits for a person's cut."""
    run = write_run(runs_root, epochs=(8,), until="selecting")
    settings = json.loads(run.folder.config.read_text())
    settings["selection"]["wait"] = True
    run.folder.config.write_text(parse(settings).model_dump_json())
    done = write_run(runs_root, epochs=(8,), until="done")
    selection = done.folder.round(0) / "selection.npz"
    (run.folder.round(0) / "selection.npz").write_bytes(selection.read_bytes())
    writer = RunWriter(run.folder)
    writer.set_state("waiting", "Round 1 waits for a person's cut.")
    writer.close()
    return run


def drawn(app: AppTest) -> dict[str, Any]:
    """What the chart with the cut was given."""
    (chart,) = [item for item in app.get("bidi_component") if "ruleCut" in item.proto.json]
    data: dict[str, Any] = json.loads(chart.proto.json)
    return data


def test_a_waiting_run_takes_its_cut_here(waiting: Run, open_page: OpenPage) -> None:
    with live(waiting):
        app = open_page("live", run=waiting.run_id)
        fine(app)
        assert "Round 1 waits for your cut." in words(app)
        number = app.number_input(f"live cut {waiting.run_id} 0")
        assert number.value == drawn(app)["ruleCut"] == drawn(app)["cut"]
        number.set_value(3).run()
        assert drawn(app)["cut"] == 3
        app.button("give cut").click().run()
        fine(app)
        assert given_cut(waiting.folder, 0) == 3
        assert "Cut 3 was given." in words(app)


def test_a_cut_that_keeps_too_little_is_told(waiting: Run, open_page: OpenPage) -> None:
    with live(waiting):
        app = open_page("live", run=waiting.run_id)
        app.number_input(f"live cut {waiting.run_id} 0").set_value(0).run()
        app.button("give cut").click().run()
        assert "Cut 0 keeps 0 of 300 instances" in words(app)
        assert given_cut(waiting.folder, 0) is None


def test_a_run_that_was_stopped_while_it_waited_takes_its_cut_too(
    waiting: Run, open_page: OpenPage
) -> None:
    writer = RunWriter(waiting.folder)
    writer.set_state("stopped", "Stopped on request.")
    writer.close()
    app = open_page("live", run=waiting.run_id)
    fine(app)
    app.button("give cut").click().run()
    assert given_cut(waiting.folder, 0) is not None
    assert "Resume" in labels(app)


@pytest.mark.parametrize("state", ["stopped", "interrupted"])
def test_a_run_that_ended_early_is_resumed_here(
    state: Until, runs_root: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    resumed: list[str] = []
    monkeypatch.setattr(jobs, "resume", lambda run: resumed.append(run.run_id))
    run = write_run(runs_root, until=state)
    app = open_page("live", run=run.run_id)
    fine(app)
    assert "Stop" not in labels(app)
    app.button("resume").click().run()
    fine(app)
    assert resumed == [run.run_id]


@pytest.mark.parametrize("state", ["queued", "training", "selecting", "done"])
def test_what_is_at_work_or_done_is_not_resumed(
    state: Until, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until=state)
    if state == "done":
        assert "Resume" not in labels(open_page("live", run=run.run_id))
        return
    with live(run):
        shown = labels(open_page("live", run=run.run_id))
    assert "Resume" not in shown
    assert "Stop" in shown


def test_it_says_what_the_worker_takes_of_the_machine(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("live", run=run.run_id)
        time.sleep(device.MIN_SECONDS + 0.1)
        text = words(app.run())
    assert "Trains on the CPU (no GPU found; 2 threads)" in text
    assert "processors busy" in text
    assert "of memory" in text
    assert "processors" not in words(open_page("live", run=run.run_id))  # the worker is gone


def test_busy_processors_are_counted_over_the_time_between_two_looks() -> None:
    first = device.measure_process(os.getpid(), None)
    assert first is not None
    assert first.processors is None
    assert first.memory > 1_000_000
    begin = time.monotonic()
    while time.monotonic() - begin < device.MIN_SECONDS + 0.3:
        pass
    second = device.measure_process(os.getpid(), first)
    assert second is not None
    assert second.processors is not None
    assert 0 < second.processors <= (os.cpu_count() or 1) + 0.5


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_a_process_that_cannot_be_seen_is_left_out(pid: int) -> None:
    assert device.measure_process(pid, None) is None


def test_the_noise_that_was_made_is_shown_with_both_rates(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    writer = RunWriter(run.folder)
    writer.facts(actual_transitions=[[0.7, 0.1, 0.1, 0.1]] * 4)
    writer.close()
    app = open_page("live", run=run.run_id)
    assert "asked for were 30.0 % of all labels" in words(app)
    assert len(app.get("plotly_chart")) == 1


def points(app: AppTest, chart: int, series: int = 0) -> int:
    """Of a curve, without the gap before each round."""
    spec = json.loads(app.get("echarts_chart")[chart].proto.spec)
    return len([x for x, _ in spec["series"][series]["data"] if x == int(x)])


def test_a_point_is_added_for_every_epoch_and_nothing_else_moves(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("live", run=run.run_id)
        before, axis = points(app, 1), _axis(app)
        writer = RunWriter(run.folder)
        record = run.epochs()[-1]
        writer.end_epoch(replace(record, stage=2, epoch=1), None, epochs_left=1)
        writer.close()
        assert points(app.run(), 1) == before + 1
        assert _axis(app) == axis
    fine(app)


def _axis(app: AppTest) -> dict[str, Any]:
    spec = json.loads(app.get("echarts_chart")[1].proto.spec)
    return {name: spec[name] for name in ("xAxis", "yAxis")}


def test_planted_images_are_the_third_curve_and_one_number_says_enough(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,)))
    app = open_page("live", run=run.run_id)
    spec = json.loads(app.get("echarts_chart")[0].proto.spec)
    assert [item["name"] for item in spec["series"]] == ["clean", "mislabeled", "planted"]
    (metric,) = [item for item in app.metric if item.label.startswith("Told apart")]
    fit = load_round(run, 0).selection.anchored
    assert fit is not None
    assert metric.value == f"{fit.separation:.2f}".removeprefix("0")
    assert metric.delta.startswith("enough")


def test_the_status_follows_the_newest_round_and_ends_on_the_first(
    runs_root: Path, open_page: OpenPage
) -> None:
    def title(app: AppTest) -> str:
        (found,) = [item.value for item in app.markdown if item.value.startswith("**Status**")]
        return str(found)

    run = write_run(runs_root, until="training")
    with live(run):
        assert "in round 2" in title(open_page("live", run=run.run_id))
        assert "in round 1" in title(open_page("live", run=run.run_id, round="1"))
    assert "in round 1" in title(open_page("live", run=write_run(runs_root).run_id))


def test_rows_are_sorted_by_the_metric_so_far_where_the_truth_is_unknown(runs_root: Path) -> None:
    run = write_run(runs_root, until="training", clean_known=False)
    rows, divider = mosaic(run, 1)
    assert divider is None
    missed_N = dynamics(run, 1, ordered_by(run, 1)).misclassified_N
    assert np.all(np.diff(missed_N[rows.order_N]) >= 0)


@pytest.mark.parametrize("clean_known", [True, False])
def test_the_curves_of_page_and_report_are_the_same(clean_known: bool, runs_root: Path) -> None:
    run = write_run(runs_root, clean_known=clean_known, until="training")
    page = memorized_by_group(run, run.rounds_begun())
    assert repr(page) == repr(learning.memorized_by_group(run))
    groups = {"clean", "mislabeled"} if clean_known else {"kept", "flagged"}
    assert set(page) == {"all"} | groups


def test_a_run_whose_worker_is_silent_says_so_and_can_be_stopped(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        said = json.loads(run.folder.progress.read_text())
        said |= {"at_work": True, "heard": time.time() - 100, "tables": said.pop("tables")}
        run.folder.progress.write_text(json.dumps(said))
        app = open_page("live", run=run.run_id)
    assert "stalled" in words(app)
    assert "has not been heard from for a while" in words(app)
    assert "Stop" in labels(app)
    assert "Resume" not in labels(app)


def test_a_poll_opens_the_runs_database_once(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    opened: list[Path] = []
    polls: list[int] = []
    reading, watch = connect.reading, panel._watch

    @contextmanager
    def counted(folder: RunFolder) -> Iterator[Any]:
        opened.append(folder.path)
        with reading(folder) as connection:
            yield connection

    def polled(*args: Any) -> None:
        before = len(opened)
        watch(*args)
        polls.append(len(opened) - before)

    monkeypatch.setattr(connect, "reading", counted)
    monkeypatch.setattr(panel, "_watch", polled)
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("live", run=run.run_id)
        app.run()
    assert polls[1:] == [1]
    app.run()  # the worker is gone: the page is drawn anew, and says so
    assert "interrupted" in words(app).lower()
