"""Selection: the cut moves, the counts follow, and the address remembers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from mild.analysis.rounds.every_cut import every_cut
from mild.analysis.rounds.round_view import make_view
from mild.config import parse
from mild.core.dynamics import misclassified_counts
from mild.core.selection import make_rule, select, select_counts
from mild.ui import neighbours
from mild.ui.cache.rounds import load_round
from mild.ui.selection.fit_words import bic_sentence, misfit_sentence
from mild.ui.selection.rules import rule_rows
from mild.words import cut_text, score
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import live, write_run


def metrics(app: AppTest) -> dict[str, str]:
    return {item.label: str(item.value) for item in app.metric}


def cut_box(app: AppTest) -> NumberInput:
    (box,) = [item for item in app.number_input if item.label.startswith("Cut")]
    return box


def drawn(app: AppTest) -> dict[str, Any]:
    """What the histogram was given."""
    (chart,) = [item for item in app.get("bidi_component") if "ruleCut" in item.proto.json]
    data: dict[str, Any] = json.loads(chart.proto.json)
    return data


def rules(app: AppTest) -> pd.DataFrame:
    (table,) = [item.value for item in app.dataframe if "Rule" in item.value]
    return table.set_index("Rule")


def test_it_opens_with_the_cut_that_the_run_made(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id)
    record = run.rounds()[0]
    assert cut_box(app).value == record.cut
    assert metrics(app)["Kept"] == f"{record.kept:,}"
    assert record.precision is not None
    assert metrics(app)["Precision of kept"] == score(record.precision)


@pytest.mark.parametrize("cut", [0, 3, 9])
def test_moving_the_cut_changes_the_counts(cut: int, runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id)
    cut_box(app).set_value(cut).run()
    fine(app)
    misclassified = run.selection(0)["misclassified"]
    instances = run.instances()
    assert instances.clean_N is not None
    right = instances.given_N == instances.clean_N
    kept = misclassified < cut
    assert metrics(app)["Kept"] == str(kept.sum())
    assert metrics(app)["Flagged"] == str((~kept).sum())
    recall = (kept & right).sum() / right.sum()
    assert metrics(app)["Recall of clean"] == score(float(recall))
    assert app.query_params["cut"] == cut_text(cut)


def test_a_link_with_round_and_cut_shows_both(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id, round="2", cut="4")
    assert cut_box(app).value == 4
    kept = int(np.sum(run.selection(1)["misclassified"] < 4))
    assert metrics(app)["Kept"] == str(kept)


@pytest.mark.parametrize(
    "hostile",
    ["-1", "1e9", "1e999", "nan", "inf", "-0.5", "4.", ".", "9" * 400, "1." + "3" * 99, "²", "<b>"],
)
def test_a_hostile_cut_or_round_in_the_address_does_no_harm(
    hostile: str, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    app = open_page("selection", run=run.run_id, cut=hostile, round=hostile)
    fine(app)
    assert cut_box(app).value == run.rounds()[0].cut
    fine(open_page("review", run=run.run_id, cut=hostile, round="2"))


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
    assert "3 of 6 epochs are recorded, so this cut is provisional" in words(app)


def test_before_the_first_epoch_there_is_nothing_to_select(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="begun")
    with live(run):
        app = open_page("selection", run=run.run_id)
    assert "this run has not finished its first epoch" in words(app)


def test_the_chart_holds_counts_and_scores_of_every_cut_and_nothing_per_image(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=2000)
    data = drawn(open_page("selection", run=run.run_id))
    misclassified = run.selection(0)["misclassified"]
    counts = np.sum([group["counts"] for group in data["groups"]], axis=0)
    assert counts.tolist() == np.bincount(misclassified, minlength=9).tolist()
    cut = run.rounds()[0].cut
    assert data["cut"] == data["ruleCut"] == cut
    assert data["kept"][10 * int(cut)] == data["keptHere"] == run.rounds()[0].kept
    assert data["scoresHere"]["precision"] == pytest.approx(run.rounds()[0].precision, abs=1e-4)
    assert len(data["kept"]) == len(data["scores"]["recall"]) == 9 * 10 + 1
    assert data["scores"]["precision"][10 * int(cut)] == pytest.approx(
        run.rounds()[0].precision, abs=1e-4
    )
    assert len(json.dumps(data)) < 6000


def test_scores_are_estimated_at_every_cut_where_clean_labels_are_unknown(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=2000, clean_known=False)
    data = drawn(open_page("selection", run=run.run_id))
    assert data["scoresAre"] == "estimated"
    assert data["scores"] == {}  # nothing was planted: ranges beside the chart say enough
    assert [group["name"] for group in data["groups"]] == ["all"]
    view = load_round(run, 0)
    scores_K = every_cut(view).scores_K
    for cut in (1, 4, 4.5, 9):
        estimate = view.estimate(cut)
        assert estimate is not None
        for name in ("precision", "recall", "f1_flagged"):
            assert scores_K[name][int(10 * cut)] == pytest.approx(getattr(estimate, name), abs=1e-3)


def test_stopping_early_counts_the_first_epochs_alone(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, n=2000)
    app = open_page("selection", run=run.run_id)
    app.slider[0].set_value(5).run()
    fine(app)
    counts = misclassified_counts(run.status(0), 2000, n_epochs=5)
    cut = cut_box(app).value
    assert metrics(app)["Kept"] == f"{(counts < cut).sum():,}"
    assert (app.query_params["epochs"], app.query_params["cut"]) == ("5", cut_text(float(cut or 0)))
    again = open_page("selection", run=run.run_id, epochs="5", cut="2")
    assert again.slider[0].value == 5
    assert metrics(again)["Kept"] == f"{(counts < 2).sum():,}"


def test_every_rule_stands_beside_the_best_possible_cut(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=2000)
    table = rules(open_page("selection", run=run.run_id))
    assert table.index.tolist() == [
        "expected-error (this run's)", "posterior", "noisy-scale", "noisy-mode", "keep-fraction",
        "best possible",
    ]  # fmt: skip
    assert table.loc["expected-error (this run's)", "Cut"] == cut_text(run.rounds()[0].cut)
    assert table["True F1"].max() == table.loc["best possible", "True F1"]
    assert table.loc["best possible", "True F1"] == score(run.rounds()[0].best_f1_flagged)


def test_without_clean_labels_no_rule_has_a_true_score(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False)
    table = rules(open_page("selection", run=run.run_id))
    assert "best possible" not in table.index
    assert not [name for name in table.columns if name.startswith("True")]


def test_a_manual_run_shows_its_own_number_among_the_rules(runs_root: Path) -> None:
    view = load_round(write_run(runs_root), 0)
    rows = rule_rows(view, parse({"selection": {"rule": "manual", "cut": 400}}).selection)
    assert {row["Rule"]: row["Cut"] for row in rows}["manual"] == view.n_epochs + 1


def test_cuts_per_class_are_there_on_request(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, n=2000)
    app = open_page("selection", run=run.run_id)
    app.toggle("per class").set_value(True).run()
    fine(app)
    (table,) = [item.value for item in app.dataframe if "Class" in item.value]
    assert table["Class"].tolist() == ["class 0", "class 1", "class 2", "class 3"]
    assert table["Images"].sum() == 2000
    assert f"keep {table['Kept'].sum():,} and flag" in words(app).replace("*", "")


def test_the_nearest_images_are_those_on_either_side_of_the_cut() -> None:
    counts = np.repeat(np.arange(10), 10)
    view = make_view(counts, None, select_counts(np.bincount(counts, minlength=11)))
    kept, flagged = neighbours.nearest_slots(view, 4)
    assert counts[kept].tolist() == [3] * 10 + [2] * 10 + [1] * 4
    assert counts[flagged].tolist() == [4] * 10 + [5] * 10 + [6] * 4
    assert neighbours.nearest_slots(view, 0)[0] == []
    assert neighbours.nearest_slots(view, 11)[1] == []


def test_within_a_count_the_nearest_images_follow_the_rank_of_their_loss() -> None:
    rng = np.random.default_rng(0)
    counts, losses = rng.integers(0, 4, 200), rng.random(200)
    chosen = select(counts, 10, rule=make_rule("manual", cut=2.5), mean_loss_N=losses)
    assert chosen.score_N is not None
    view = make_view(chosen.score_N, None, chosen)
    kept, flagged = neighbours.nearest_slots(view, 2.5)
    assert np.all(counts[kept[:10] + flagged[:10]] == 2)
    assert np.all(np.diff(losses[kept[:10]]) < 0)
    assert np.all(np.diff(losses[flagged[:10]]) > 0)
    assert losses[kept[0]] < losses[flagged[0]]


def test_hostile_names_stay_text_under_the_pictures() -> None:
    card = neighbours.Card(
        index=0, name="<script>'\"x", given="<b>", predicted="&", misclassified=1,
        mislabeled=None, thumbnail=np.zeros((8, 8, 3), dtype=np.uint8), sample=None,
    )  # fmt: skip
    shown = neighbours.sheet([card])
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;&#x27;&quot;x" in shown


def test_the_fit_is_judged_in_words(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, n=2000)
    text = words(open_page("selection", run=run.run_id))
    assert "of the images" in text
    assert "two kinds of images explain the data clearly better than one" in text
    mixture = load_round(run, 0).selection.mixture
    assert mixture is not None
    assert f"({round(mixture.misfit * 2000):,})" in misfit_sentence(mixture)
    assert "lower is better" in bic_sentence(mixture)


def test_one_epoch_is_enough_to_open_the_page(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, epochs=(1,))
    app = open_page("selection", run=run.run_id)
    fine(app)
    assert "too few to tell" in words(app)
