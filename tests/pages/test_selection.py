"""Selection: the cut moves, the counts follow, and the address remembers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import live, write_run


def metrics(app: AppTest) -> dict[str, str]:
    return {item.label: str(item.value) for item in app.metric}


def test_it_opens_with_the_cut_that_the_run_made(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id)
    record = run.rounds()[0]
    assert app.slider[0].value == record.cut
    assert metrics(app)["Kept"] == f"{record.kept:,}"
    assert record.precision is not None
    assert metrics(app)["Precision of kept"] == f"{100 * record.precision:.1f} %"


@pytest.mark.parametrize("cut", [0, 3, 9])
def test_moving_the_cut_changes_the_counts(cut: int, runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id)
    app.slider[0].set_value(cut).run()
    fine(app)
    misclassified = run.selection(0)["misclassified"]
    instances = run.instances()
    assert instances.clean_N is not None
    right = instances.given_N == instances.clean_N
    kept = misclassified < cut
    assert metrics(app)["Kept"] == str(kept.sum())
    assert metrics(app)["Flagged"] == str((~kept).sum())
    recall = (kept & right).sum() / right.sum()
    assert metrics(app)["Recall of clean"] == f"{100 * recall:.1f} %"
    assert app.query_params["cut"] == str(cut)


def test_a_link_with_round_and_cut_shows_both(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id, round="2", cut="4")
    assert app.slider[0].value == 4
    kept = int(np.sum(run.selection(1)["misclassified"] < 4))
    assert metrics(app)["Kept"] == str(kept)


@pytest.mark.parametrize("hostile", ["-1", "1e9", "999999999999", "²", "<b>"])
def test_a_hostile_cut_or_round_in_the_address_does_no_harm(
    hostile: str, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    fine(open_page("selection", run=run.run_id, cut=hostile, round=hostile))


def test_without_clean_labels_the_numbers_are_called_estimates(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False)
    app = open_page("selection", run=run.run_id)
    assert "precision, recall and F1 are estimates from the fit" in words(app)
    assert "In truth" not in words(app)


def test_a_round_under_way_is_called_provisional(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("selection", run=run.run_id, round="2")
    assert "3 of 6 epochs are recorded. The cut is provisional" in words(app)


def test_before_the_first_epoch_there_is_nothing_to_select(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="begun")
    with live(run):
        app = open_page("selection", run=run.run_id)
    assert "this run has not finished its first epoch" in words(app)
