"""Compare: runs, detectors, rules; and what is said where they cannot be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mild.config import parse
from mild.store.run import Run
from mild.store.writer import create_run
from mild.views.compare import judge_detectors, settings_that_differ, sweep_rules
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


def test_settings_that_differ_are_shown_and_no_others(runs_root: Path, open_page: OpenPage) -> None:
    first = write_run(runs_root, epochs=(8, 6))
    second = write_run(runs_root, epochs=(5,), seed=3)
    different = settings_that_differ([first, second])
    assert different == {"seed": ["0", "3"], "rounds": ["8, 6", "5"]}
    app = open_page("compare")
    fine(app)
    assert sorted(app.dataframe[0].value.index) == ["rounds", "seed"]
    assert len(app.dataframe[1].value) == 2


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
    assert "Choose two runs or more." in words(open_page("compare"))


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


def test_the_sweep_after_all_epochs_is_what_the_run_decided(runs_root: Path) -> None:
    run = write_run(runs_root)
    sweep = sweep_rules(run, 0)
    rule = sweep.rules.index("expected-error")
    record = run.rounds()[0]
    assert sweep.epochs[-1] == record.epochs
    assert sweep.kept_share_RE[rule, -1] == record.kept / record.trained_on
    assert np.isclose(sweep.f1_flagged_RE[rule, -1], record.f1_flagged or 0)
