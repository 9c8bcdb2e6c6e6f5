"""Compare: runs, detectors, rules; and what is said where they cannot be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mild.analysis.compare import judge_detectors, rank_detectors, settings_that_differ, sweep_rules
from mild.config import parse
from mild.core.dynamics import misclassified_counts
from mild.store.run import Run
from mild.store.writer import create_run
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


def test_settings_that_differ_are_shown_and_no_others(runs_root: Path, open_page: OpenPage) -> None:
    first = write_run(runs_root, epochs=(8, 6))
    second = write_run(runs_root, epochs=(5,), seed=3)
    different = settings_that_differ([first, second])
    assert different == {"seed": ["0", "3"], "rounds": ["8, 6", "5"]}
    app = open_page("compare")
    fine(app)
    assert len(app.dataframe[0].value) == 2
    assert sorted(app.dataframe[1].value.index) == ["rounds", "seed"]


def test_every_measure_stands_beside_the_accuracy_with_scores_as_the_field_writes_them(
    runs_root: Path, open_page: OpenPage
) -> None:
    first, second = write_run(runs_root, name="one"), write_run(runs_root, seed=3, name="two")
    app = open_page("compare")
    fine(app)
    table = app.dataframe[0].value.set_index("Run")
    f1 = first.rounds()[-1].f1_flagged
    assert f1 is not None
    assert table["F1 of flagged"]["one"] == f"{f1:.3f}".removeprefix("0")
    drawn = [item.value for item in app.markdown if item.value.startswith("**")]
    for title in (
        "Memorized wrong labels", "Memorized right labels", "Held-out accuracy",
        "F1 of flagged", "Kept share", "Estimated noise rate",
    ):  # fmt: skip
        assert f"**{title}**" in drawn
    assert second.run_id in app.session_state["compared"]


def test_runs_chosen_on_home_are_compared_however_many(
    runs_root: Path, open_page: OpenPage
) -> None:
    ids = [write_run(runs_root, until="stopped", n=60, seed=i).run_id for i in range(14)]
    app = open_page("compare")
    app.query_params["runs"] = ids
    app.run()
    fine(app)
    assert len(app.dataframe[0].value) == 14


def test_a_large_matrix_is_shown_in_short_and_a_weight_decay_is_not_lost(runs_root: Path) -> None:
    identity = np.eye(100).tolist()
    flipped = identity[::-1]
    rounds = [{"epochs": 5, "weight_decay": 0.0025}, 4]
    runs = [
        Run(create_run(parse({"noise": {"model": "matrix", "matrix": matrix}} | more), runs_root))
        for matrix, more in ((identity, {"rounds": rounds}), (flipped, {"rounds": [5, 4]}))
    ]
    different = settings_that_differ(runs)
    assert different["rounds"] == ["5 (weight decay 0.0025), 4", "5, 4"]
    assert max(map(len, different["noise matrix"])) <= 300


def test_one_run_alone_is_asked_for_company(runs_root: Path, open_page: OpenPage) -> None:
    write_run(runs_root)
    assert "Choose two runs or more" in words(open_page("compare"))


def test_a_damaged_run_among_the_compared_is_named(runs_root: Path, open_page: OpenPage) -> None:
    write_run(runs_root)
    write_run(runs_root, until="damaged")
    text = words(open_page("compare"))
    assert "run.db cannot be read" in text


def test_every_detector_is_judged_against_the_truth(runs_root: Path) -> None:
    run = write_run(runs_root, n=2000)
    found = judge_detectors(run, 0)
    assert found is not None
    assert {"metric", "aum", "mean-loss", "forgetting-events", "data-maps"} <= set(found)
    assert found["metric"].auroc > 0.9
    for item in found.values():
        assert 0 <= item.best_f1 <= 1
        assert len(item.roc[0]) <= 200


def test_detectors_cannot_be_judged_without_clean_labels(runs_root: Path) -> None:
    assert judge_detectors(write_run(runs_root, clean_known=False), 0) is None


def _with_planted(run: Run, n: int = 40) -> Run:
    """The same, as if what is memorized latest in its first round had been planted."""
    status_EN = np.unpackbits(run.status(0), axis=1)[:, : len(run.index(0))]
    slots = np.sort(np.argsort(status_EN.sum(axis=0), kind="stable")[:n])
    labels = (run.instances().given_N[run.index(0)[slots]] + 1) % 4
    np.savez(run.folder.round(0) / "planted.npz", slot=slots, label=labels)
    return run


def test_planted_labels_have_no_part_in_what_detectors_find(runs_root: Path) -> None:
    run = _with_planted(write_run(runs_root, n=2000), n=200)
    found = judge_detectors(run, 0)
    assert found is not None
    index_N, judged_N = run.index(0), ~run.planted(0).mask(2000)
    wrong_N = run.instances().given_N[index_N] != run.instances().clean_N[index_N]
    counts_N = misclassified_counts(run.status(0), 2000)
    alone = roc_auc_score(wrong_N[judged_N], counts_N[judged_N])
    assert found["metric"].auroc == pytest.approx(alone)


def test_without_clean_labels_detectors_are_ranked_by_planted_ones(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = _with_planted(write_run(runs_root, clean_known=False))
    ranking = rank_detectors(run, 0)
    assert ranking is not None
    assert {"metric", "aum", "mean-loss"} <= set(ranking)
    assert list(ranking.values()) == sorted(ranking.values(), reverse=True)
    assert ranking["metric"] > 0.9
    app = open_page("compare", run=run.run_id, tab="detectors")
    fine(app)
    text = words(app)
    assert "How well planted labels are told" in text
    assert "Clean labels are unknown here" in text


def test_without_clean_and_planted_labels_it_is_said_what_would_help(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False)
    assert rank_detectors(run, 0) is None
    app = open_page("compare", run=run.run_id, tab="detectors")
    assert "or plant labels" in words(app)


def test_the_sweep_after_all_epochs_is_what_the_run_decided(runs_root: Path) -> None:
    run = write_run(runs_root)
    sweep = sweep_rules(run, 0)
    rule = sweep.rules.index("expected-error")
    record = run.rounds()[0]
    assert sweep.epochs[-1] == record.epochs
    assert sweep.kept_share_RE[rule, -1] == record.kept / record.trained_on
    assert np.isclose(sweep.f1_flagged_RE[rule, -1], record.f1_flagged or 0)
