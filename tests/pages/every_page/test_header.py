"""The line on top: run, state, trust and round, the same on every page about a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.conftest import OpenPage, fine, headings, words
from tests.runs_for_tests import live, write_run

PAGES = ("live", "dynamics", "selection", "review", "rounds")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_run_names_it_its_state_and_its_trust(
    page: str, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False)
    app = open_page(page, run=run.run_id)
    fine(app)
    assert app.selectbox("run").value == run.run_id
    badges = [item.value for item in app.markdown if "-badge[" in item.value]
    assert badges[:2] == [":green-badge[done]", ":orange-badge[doubtful]"]
    assert headings(app) == [f"<h1 class='mild-title'>{page.capitalize()}</h1>"]


def test_another_run_or_round_keeps_the_page(runs_root: Path, open_page: OpenPage) -> None:
    first, second = (write_run(runs_root, seed=seed, name=f"run {seed}") for seed in (0, 1))
    app = open_page("dynamics", run=first.run_id)
    app.segmented_control("round").set_value(1).run()
    assert app.query_params["round"] == "2"
    app.selectbox("run").set_value(second.run_id).run()
    fine(app)
    assert app.query_params["run"] == second.run_id
    assert "round" not in app.query_params
    assert "Dynamics" in headings(app)[0]


def test_trust_is_not_told_before_the_first_round_has_ended(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(8,), until="training")
    with live(run):
        text = words(open_page("live", run=run.run_id))
    assert "-badge[training]" in text
    assert "-badge[can tell]" not in text
    assert "-badge[doubtful]" not in text


def test_no_check_is_offered_before_a_round_has_its_selection(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(8,), until="training", clean_known=False)
    with live(run):
        app = open_page("selection", run=run.run_id)
    fine(app)
    assert "Take these figures as rough ones." in words(app)
    assert not [item for item in app.button if item.label.startswith("Check")]
