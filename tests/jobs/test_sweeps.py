"""Sweeps: every combination once, queued under one tag, and results that can be drawn."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mild import jobs
from mild.config import RunConfig, parse
from mild.errors import ConfigError
from mild.jobs.sweeps import MAX_RUNS, launch, plan, results, stop, sweeps_among
from mild.store.folder import RunFolder
from mild.store.overview import overview
from mild.store.review.about import tag
from mild.store.run import Run, all_runs
from tests.runs_for_tests import live, write_run


def test_a_plan_holds_every_combination_once() -> None:
    configs = plan(RunConfig(), n_rounds=(1, 3), epochs=(5, 10), rules=("posterior",))
    asked = {(len(item.rounds), item.rounds[0].epochs, item.selection.rule) for item in configs}
    assert asked == {(n, e, "posterior") for n in (1, 3) for e in (5, 10)}
    assert all(item.data == RunConfig().data for item in configs)


@pytest.mark.parametrize(("epochs", "n"), [((), 0), (tuple(range(1, MAX_RUNS + 2)), MAX_RUNS + 1)])
def test_a_sweep_of_nothing_or_of_too_much_is_a_sentence(epochs: tuple[int, ...], n: int) -> None:
    with pytest.raises(ConfigError, match=f"the sweep has {n} runs: choose at least one"):
        plan(RunConfig(), n_rounds=(1,), epochs=epochs, rules=("posterior",))


def test_the_runs_of_a_sweep_share_a_tag(runs_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(config: RunConfig) -> Run:
        return write_run(runs_root, until="queued", name=config.name)

    launched: list[RunFolder] = []
    monkeypatch.setattr(jobs, "create", create)
    monkeypatch.setattr(jobs, "launch_all", launched.extend)
    write_run(runs_root, until="queued")
    name = launch(plan(RunConfig(), n_rounds=(1, 2), epochs=(5,), rules=("posterior",)))
    assert len(launched) == 2  # in one go: their launcher has a better way than two starts
    sweeps = sweeps_among(overview(run) for run in all_runs())
    assert {key: len(runs) for key, runs in sweeps.items()} == {name: 2}


def test_no_run_of_a_sweep_waits_for_a_persons_cut() -> None:
    waiting = parse({"selection": {"wait": True}})
    configs = plan(waiting, n_rounds=(1,), epochs=(5,), rules=("posterior",))
    assert not any(config.selection.wait for config in configs)


def test_a_sweep_is_stopped_as_a_whole(runs_root: Path) -> None:
    done, begun = write_run(runs_root), write_run(runs_root, until="begun")
    with live(begun):
        assert stop([done, begun]) == 1
        until = time.monotonic() + 20
        while begun.state().live and time.monotonic() < until:
            time.sleep(0.02)
    assert begun.state().state == "stopped"
    assert done.state().state == "done"


def test_results_are_those_of_the_runs_and_damaged_ones_are_passed_over(runs_root: Path) -> None:
    done, begun = write_run(runs_root, epochs=(8,)), write_run(runs_root, until="begun")
    write_run(runs_root, until="damaged")
    found = {item.run_id: item for item in results(all_runs())}
    assert set(found) == {done.run_id, begun.run_id}
    assert found[done.run_id].f1_flagged == done.rounds()[0].f1_flagged
    assert found[begun.run_id].accuracy is None


def test_the_page_draws_a_heat_map_per_measure(runs_root: Path) -> None:
    for epochs in (6, 8):
        tag(write_run(runs_root, epochs=(epochs,)).folder, ("sweep abcd",))

    def page() -> None:
        from mild.ui.compare import sweep as sweep_panel

        sweep_panel.show()

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert app.selectbox("sweep").value == "sweep abcd"
    assert len(app.get("plotly_chart")) == 3
    runs = next(item.value for item in app.dataframe if "What it does" in item.value)
    assert runs["State"].tolist() == [["done"], ["done"]]


def test_a_sweep_that_stands_still_says_what_it_waits_for(runs_root: Path) -> None:
    queued = write_run(runs_root, until="queued", name="mine 1x5 posterior")
    tag(queued.folder, ("sweep abcd",))
    before = write_run(runs_root, until="begun", name="somebody else")

    def page() -> None:
        from mild.ui.compare import sweep as sweep_panel

        sweep_panel.show()

    with live(queued), live(before):
        app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    text = app.get("progress")[0].proto.text.replace("\\", "")
    assert text == (
        "0 of 1 ended. They are waiting for their turn: somebody else is training on the device."
    )
    assert "Stop the sweep" in [item.label for item in app.button]
