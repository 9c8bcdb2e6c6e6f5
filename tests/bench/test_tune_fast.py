"""`benchmarks.tune_fast`: candidates share their rounds, and what is printed was measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import tune_fast
from benchmarks.training import cifar_trials
from mild.config import parse
from tests.bench.test_final import two_classes

BASE: dict[str, Any] = tune_fast.BASE | {
    "model": "small-cnn",
    "selection": {"rule": "keep-fraction", "keep_fraction": 0.5, "min_removed_share": 0.0},
}
CANDIDATES: dict[str, dict[str, Any]] = {
    "rounds": {"rounds": [3, 1]},
    "supervised": {"rounds": [3, 1], "final": {"epochs": 2}},
    "mixmatch": {"rounds": [3, 1], "final": {"kind": "mixmatch", "epochs": 1}},
}


def test_candidates_that_share_their_rounds_begin_from_the_same_kept_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = tune_fast.run(two_classes(), [3], CANDIDATES, BASE, n_train=80, n_test=40)
    rounds, supervised, mixmatch = told["results"]
    assert [item["candidate"] for item in told["results"]] == list(CANDIDATES)
    assert [item["epochs"] for item in told["results"]] == [4, 6, 5]
    assert rounds["rounds"] == supervised["rounds"] == mixmatch["rounds"]
    first, second = rounds["rounds"]
    assert (first["epochs"], first["trained_on"]) == (3, 80)
    n_planted = 80 // 10  # not judged by round 1, and trained on again
    assert (second["epochs"], second["trained_on"]) == (1, first["kept"] + n_planted)
    assert supervised["best"] >= supervised["last"] >= 0.5
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line) for line in lines] == told["results"]


def test_the_other_rule_is_judged_on_the_whole_training_set() -> None:
    (result,) = tune_fast.run(
        two_classes(), [3], {"rounds": {"rounds": [3, 3]}}, BASE, n_train=80, n_test=40
    )["results"]
    prepared = cifar_trials.subset(two_classes(), 3, 80, 40, tune_fast.RATE)
    n_right = (prepared.given_N == prepared.clean_N).sum()
    for item in result["rounds"]:
        other = item[tune_fast.OTHER_RULE]
        n_clean = round(other["kept"] * other["precision"])
        assert other["kept"] <= item["trained_on"]
        assert other["recall"] == pytest.approx(n_clean / n_right)


def test_candidates_with_a_final_stage_take_a_tenth_of_the_papers_epochs() -> None:
    for candidates in (tune_fast.FINALS, tune_fast.CHECK):
        for settings in candidates.values():
            assert parse(tune_fast.BASE | settings).total_epochs == 59


def test_the_network_is_the_presets_a_quarter_as_wide() -> None:
    n_narrow, n_wide = (
        sum(item.numel() for item in network.parameters())
        for network in (tune_fast.narrow(10), tune_fast.preact_resnet18(10, small_images=True))  # type: ignore[attr-defined]
    )
    assert 15 < n_wide / n_narrow < 16
