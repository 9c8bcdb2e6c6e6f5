"""A cut on the page goes to a round that waits for it, or begins a branch."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from mild import jobs
from mild.errors import RunError
from mild.store.run import Run
from mild.ui import apply
from tests.pages.conftest import OpenPage, fine, headings, words
from tests.runs_for_tests import Until, live, write_run


def test_a_branch_starts_with_the_cut_on_the_page(
    runs_root: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int, int]] = []
    other = write_run(runs_root, until="queued")

    def branch(run: Run, number: int, *, cut: int) -> Run:
        asked.append((run.run_id, number, cut))
        return other

    monkeypatch.setattr(jobs, "branch", branch)
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id, cut="3")
    text = words(app)
    kept = int((run.selection(0)["misclassified"] < 3).sum())
    assert f"keeps **{kept} images** and trains round 2 (6 epochs) and the final model (3" in text
    assert "by this run's pace" in text
    app.button("start branch").click().run()
    fine(app)
    assert asked == [(run.run_id, 0, 3)]
    assert "Live" in headings(app)[0]


@pytest.mark.parametrize("until", ["training", "waiting", "failed", "stopped", "done"])
def test_a_cut_reaches_the_review_of_its_round_in_every_state(
    until: Until, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until=until)
    with live(run) if until in ("training", "waiting") else nullcontext():
        app = open_page("selection", run=run.run_id, round="2", cut="3")
        assert app.button("review").proto.type == "primary"
        app.button("review").click().run()
    assert "Review" in headings(app)[0]
    asked = {name: app.query_params[name] for name in ("run", "round", "cut")}
    assert asked == {"run": run.run_id, "round": "2", "cut": "3"}


def test_a_waiting_round_is_given_the_cut_on_the_page(
    runs_root: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []

    def give(run: Run, number: int, cut: int) -> int:
        given.append((number, cut))
        return 100

    monkeypatch.setattr(apply, "waiting_round", lambda run: 1)
    monkeypatch.setattr(apply, "give_cut", give)
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id, round="2", cut="4")
    app.button("give cut").click().run()
    fine(app)
    assert given == [(1, 4)]


def test_what_cannot_be_done_is_a_sentence(
    runs_root: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Run:
        raise RunError("the network of round 1 is not on record; start a new run.")

    monkeypatch.setattr(jobs, "branch", refuse)
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id)
    app.button("start branch").click().run()
    assert "The network of round 1 is not on record" in words(app)
