"""Selection of a round with planted labels: estimates by them, the picture, the trust."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from mild.analysis.rounds.estimates import guesses
from mild.analysis.rounds.round_view import RoundView, make_view
from mild.analysis.rounds.select_round import select_round
from mild.core.planted.anchored import fit_anchored
from mild.core.selection import select
from mild.core.selection.estimates import estimate_anchored
from mild.store.run import Run
from mild.ui.cache.rounds import load_round
from mild.ui.selection.fit_words import noise_sentence, separated_sentence
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run

N_PLANTED = 60


def with_planted(run: Run) -> Run:
    """The same, as if some of the mislabeled instances of its first round had been planted."""
    folder, known = run.folder.round(0), run.instances()
    wrong = np.flatnonzero(run.selection(0)["misclassified"] > 5)
    slots = wrong[:N_PLANTED]
    np.savez(folder / "planted.npz", slot=slots, label=known.given_N[slots])
    selection = run.selection(0)
    chosen = select_round(run, 0, run.config().selection)
    selection |= {
        "planted": np.isin(np.arange(len(selection["kept"])), slots),
        "kept": np.asarray(chosen.kept_N),
        "score": np.asarray(chosen.score_N),
        "cut": np.array(chosen.cut),
    }
    np.savez(folder / "selection.npz", **selection)  # type: ignore[arg-type]
    return run


def test_every_cut_is_estimated_by_the_planted_labels(runs_root: Path) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,), clean_known=False))
    view = load_round(run, 0)
    fit = view.selection.anchored
    assert fit is not None
    assert view.n == 2000 - N_PLANTED
    for cut in (1.0, 3.0, 4.3, 9.0):
        shown = view.estimate(cut)
        assert shown is not None
        expected = estimate_anchored(fit, cut, view.kept(cut))
        np.testing.assert_equal(asdict(shown), asdict(expected))  # nan where nothing is kept
    step = int(4.3 * 10)
    estimate = view.estimate(4.3)
    assert estimate is not None
    for name in ("precision", "recall", "f1_flagged"):
        assert view.scores()[name][step] == pytest.approx(getattr(estimate, name), abs=1e-9)
    assert f"By {N_PLANTED} planted labels" in noise_sentence(view)
    assert "told apart best after epoch" in separated_sentence(view)


def test_the_chart_draws_planted_images_beside_the_others(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,)))
    app = open_page("selection", run=run.run_id, cut="4.3")
    fine(app)
    (chart,) = [item for item in app.get("bidi_component") if "ruleCut" in item.proto.json]
    data = json.loads(chart.proto.json)
    assert sum(data["planted"]) == N_PLANTED
    assert sum(sum(group["counts"]) for group in data["groups"]) == 2000 - N_PLANTED
    assert data["keptHere"] == load_round(run, 0).kept(4.3)
    assert app.query_params["cut"] == "4.3"
    assert f"{N_PLANTED} planted labels, known to be wrong, are told from" in words(app).replace(
        "\\", ""
    )


def test_a_link_to_the_rules_own_cut_keeps_it_exactly(runs_root: Path, open_page: OpenPage) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,)))
    app = open_page("selection", run=run.run_id)
    own = load_round(run, 0).selection.cut
    again = open_page("selection", run=run.run_id, cut=app.query_params["cut"])
    (box,) = [item for item in again.number_input if item.label.startswith("Cut")]
    assert box.value == own


def test_rounds_guess_by_the_same_planted_labels(runs_root: Path) -> None:
    run = with_planted(write_run(runs_root, n=2000, epochs=(8,), clean_known=False))
    view, record = load_round(run, 0), run.rounds()[0]
    found = guesses(run, record, record)
    estimate = view.estimate(view.selection.cut)
    assert found is not None
    assert found.recall is not None
    assert estimate is not None
    assert (found.noise_rate.share, found.noise_rate.between) == (
        estimate.noise_rate,
        estimate.noise_rate_interval,
    )
    assert found.precision.share == estimate.precision
    assert found.recall.share == estimate.recall


def test_where_trust_is_low_figures_are_ranges_and_the_banner_says_why(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=2000, epochs=(8,), clean_known=False)
    app = open_page("selection", run=run.run_id)
    assert "Take these figures as rough ones. Nothing was planted" in words(app).replace("*", "")
    values = {item.label: item.value for item in app.metric}
    assert re.fullmatch(r"([01]?\.\d\d to )?[01]?\.\d\d", values["F1 of flagged"])
    rounds = open_page("rounds", run=run.run_id)
    assert "Nothing was planted" in words(rounds)
    assert re.fullmatch(
        r"([01]?\.\d\d to )?[01]?\.\d\d",
        rounds.dataframe[0].value["Precision of kept, estimated"][0],
    )


def test_planted_labels_have_a_column_in_the_table_of_rounds(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(8,))
    assert open_page("rounds", run=run.run_id).dataframe[0].value["Planted"].tolist() == [0]


def test_a_million_instances_answer_a_cut_in_time() -> None:
    view = _million()
    began = time.perf_counter()
    for cut in (3.0, 5.4321):
        assert view.truth(cut) is not None
        assert view.estimate(cut) is not None
        assert view.kept(cut) > 0
    assert time.perf_counter() - began < 0.3


def _million() -> RoundView:
    rng = np.random.default_rng(0)
    n = 1_000_000
    wrong_N, planted_N = rng.random(n) < 0.2, np.arange(n) < 2000
    counts_N = np.where(wrong_N | planted_N, rng.binomial(20, 0.8, n), rng.binomial(20, 0.1, n))
    chosen = select(
        counts_N, 20, mean_loss_N=rng.random(n) + counts_N, planted_N=planted_N, n_classes=10
    )
    assert isinstance(chosen.anchored, type(fit_anchored(np.arange(9.0), np.arange(9) > 5)))
    assert chosen.score_N is not None
    return make_view(chosen.score_N[~planted_N], ~wrong_N[~planted_N], chosen)
