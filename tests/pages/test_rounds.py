"""Rounds: the numbers of every round, and an alarm when a class is being emptied."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from mild.analysis.rounds.side_by_side import view_rounds
from mild.scale import SCORE
from mild.store.files import arrays
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


def test_the_table_has_every_round(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("rounds", run=run.run_id)
    fine(app)
    table = app.dataframe[0].value
    records = run.rounds()
    assert table["Kept"].tolist() == [item.kept for item in records]
    assert table["Dropped"].tolist() == [item.trained_on - item.kept for item in records]
    assert table["Added"].tolist() == [0, 0]
    assert table["Precision of kept"][0] == SCORE.write(records[0].precision)
    assert len(app.get("plotly_chart")) == 3


def test_where_clean_labels_are_unknown_the_table_has_estimates(
    runs_root: Path, open_page: OpenPage
) -> None:
    known, unknown = (
        view_rounds(write_run(runs_root, clean_known=known)) for known in (True, False)
    )
    assert known is not None
    assert unknown is not None
    for true, fitted in zip(known.outcomes, unknown.outcomes, strict=True):
        assert (true.guesses, fitted.record.precision) == (None, None)
        guessed = fitted.guesses
        assert guessed is not None
        assert guessed.recall is not None
        assert guessed.precision.share == pytest.approx(true.record.precision, abs=0.06)
        assert guessed.recall.share == pytest.approx(true.record.recall, abs=0.06)
        for guess in (guessed.noise_rate, guessed.precision, guessed.recall):
            low, high = guess.between
            assert 0.0 <= low <= guess.share <= high <= 1.0
    text = open_page("rounds").dataframe[0].value["Precision of kept, estimated"][0]
    assert re.fullmatch(
        r"([01]?\.\d\d to )?[01]?\.\d\d", text
    )  # nothing was planted: a range says enough


def test_before_the_first_selection_it_says_so(runs_root: Path, open_page: OpenPage) -> None:
    write_run(runs_root, epochs=(8,), until="training")
    assert "No round of this run has its selection yet" in words(open_page("rounds"))


def test_a_class_that_is_emptied_raises_the_alarm(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, epochs=(8,))
    selection, given_N = run.selection(0), run.instances().given_N
    selection["kept"][given_N == 2] = False
    arrays.save_npz(run.folder.round(0) / "selection.npz", selection)
    text = words(open_page("rounds", run=run.run_id))
    assert "Almost nothing is kept of class 2: look at these images" in text


@pytest.mark.parametrize("clean_known", [True, False])
def test_flows_add_up_to_what_was_trained_on(clean_known: bool, runs_root: Path) -> None:
    view = view_rounds(write_run(runs_root, clean_known=clean_known))
    assert view is not None
    for item in view.outcomes:
        kept = sum(flow.kept for flow in item.flows.values())
        dropped = sum(flow.dropped for flow in item.flows.values())
        assert (kept, kept + dropped) == (item.record.kept, item.record.trained_on)
    assert np.allclose(np.diag(view.overlap_RR), 1)
