"""Rounds with planted labels: what is trained, recorded, written, and left in the end."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild.analysis.instances.unjudged import kept_in_the_end
from mild.core.dynamics.status_bits import unpack_status
from mild.core.planted.planting import taken_for_given
from mild.errors import RunError
from mild.store.files import arrays
from mild.store.run import Run
from mild.store.schema import n_planted_fact
from mild.store.writer import create_run
from mild.training.loop import final as final_stage
from mild.training.loop import stage as stages
from mild.training.runtime.stop import Stopped
from tests.training import resumable


def _trained(root: Path, **changes: Any) -> Run:
    return resumable.train(create_run(resumable.config(**changes), root))


@pytest.fixture
def run(runs_root: Path) -> Run:
    return _trained(runs_root)


def _index(run: Run, number: int) -> np.ndarray:
    return run.index(number)[run.planted(number).slot_P]


def test_status_and_loss_are_of_the_label_trained_on(run: Run) -> None:
    given_A = run.instances().given_N
    for number in range(2):
        planted, index_N = run.planted(number), run.index(number)
        assert len(planted) == len(index_N) // 10
        trained_N = planted.trained_on(given_A[index_N])
        assert (trained_N != given_A[index_N]).sum() == len(planted)
        predictions_EN = np.array(run.predictions(number))
        status_EN = unpack_status(run.status(number), len(index_N))
        np.testing.assert_array_equal(status_EN, predictions_EN == trained_N)
        positive_EN = np.array(run.margins(number)) > 0
        np.testing.assert_array_equal(positive_EN, status_EN)


def test_an_epochs_loss_and_memorized_share_are_of_the_given_labels_alone(run: Run) -> None:
    given_N = ~run.planted(0).mask(len(run.index(0)))
    losses_EN = np.array(run.losses(0), dtype=np.float64)
    status_EN = unpack_status(run.status(0), len(given_N))
    for epoch, record in enumerate(item for item in run.epochs() if item.stage == 0):
        assert record.memorized_share == pytest.approx(status_EN[epoch, given_N].mean())
        assert record.train_loss == pytest.approx(losses_EN[epoch, given_N].mean(), rel=1e-3)


def test_no_image_is_planted_in_two_rounds_while_others_are_left(run: Run) -> None:
    assert len(_index(run, 0))
    assert not set(_index(run, 0)) & set(_index(run, 1))
    assert set(_index(run, 0)) <= set(run.index(1))


def test_the_share_and_its_reason_are_facts_of_the_run(run: Run) -> None:
    assert run.facts()["planted_share"] == 0.1
    assert run.facts()["planted_share_reason"].startswith("10.0 % of 80 images (8): a tenth is")


@pytest.mark.parametrize("n_epochs", [2, 4, 6])
def test_a_resumed_run_has_planted_what_one_without_a_break_has(
    runs_root: Path, run: Run, n_epochs: int
) -> None:
    folder = create_run(resumable.config(), runs_root)
    with pytest.raises(Stopped):
        resumable.train(folder, resumable.StopAfter(folder, n_epochs))
    resumed = resumable.train(folder)
    assert resumable.digests(resumed) == resumable.digests(run)


def test_a_round_that_an_earlier_version_began_is_gone_on_with_as_it_began(runs_root: Path) -> None:
    folder = create_run(resumable.config(selection={"planted_share": 0}), runs_root)
    with pytest.raises(Stopped):
        resumable.train(folder, resumable.StopAfter(folder, 2))
    config = resumable.config().model_dump_json()  # as one without the setting is read today
    folder.config.write_text(config, encoding="utf-8")
    resumed = resumable.train(folder)
    assert [len(resumed.planted(number)) > 0 for number in range(2)] == [False, True]


def test_the_final_model_learns_given_labels_alone(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels: list[bool] = []
    stage = stages.train_stage

    def watched(context: Any, network: Any, asked: Any, checkpoint: Any = None) -> None:
        labels.append(torch.equal(context.given_N, torch.from_numpy(resumable.prepared().given_N)))
        assert not asked.planted
        stage(context, network, asked, checkpoint)

    monkeypatch.setattr(final_stage, "train_stage", watched)
    _trained(runs_root)
    assert labels == [True]


def test_in_the_end_an_image_that_an_earlier_round_kept_stays_though_planted_in_the_last(
    run: Run,
) -> None:
    kept = kept_in_the_end(run, 1, run.instances().given_N)
    judged = run.index(1)[run.selection(1)["kept"]]
    assert sorted(kept) == sorted([*judged, *_index(run, 1)])


def test_after_the_only_round_planted_images_are_kept_by_what_they_were_taken_for(
    runs_root: Path,
) -> None:
    run = _trained(runs_root, rounds=[6])
    given_A, planted = run.instances().given_N, run.planted(0)
    assert len(planted)
    by_opinion_P, _ = taken_for_given(
        np.array(run.predictions(0))[:, planted.slot_P], planted.label_P, given_A[_index(run, 0)]
    )
    kept = kept_in_the_end(run, 0, given_A)
    judged = run.index(0)[run.selection(0)["kept"]]
    kept_P = np.isin(_index(run, 0), kept)
    assert kept_P[by_opinion_P].all()
    others = len(run.index(0)) - len(planted)
    most = round((others - len(judged)) / others * len(planted))
    assert (~kept_P).sum() == min(most, (~by_opinion_P).sum())
    assert sorted(kept) == sorted([*judged, *_index(run, 0)[kept_P]])


def test_the_early_stop_counts_judged_images_alone(runs_root: Path) -> None:
    keep_all = {"rule": "keep-fraction", "keep_fraction": 1.0}
    run = _trained(runs_root, selection=keep_all)
    notes = [item.sentence for item in run.events() if item.kind == "note"]
    assert notes == ["No round follows round 1: it removed 0.00 % of its images, less than 0.50 %."]
    assert run.rounds()[0].kept == resumable.N - len(run.planted(0))


def test_only_what_is_trained_on_is_planted_where_other_images_are_watched(runs_root: Path) -> None:
    run = _trained(runs_root, selection={"nested": False, "min_removed_share": 0.0})
    n_trained = run.rounds()[1].trained_on
    assert n_trained < len(run.index(1)) == resumable.N
    assert run.planted(1).slot_P.max() < n_trained


def test_quality_against_the_truth_leaves_planted_images_out(runs_root: Path) -> None:
    run = _trained(runs_root, rounds=[6])
    instances, selection = run.instances(), run.selection(0)
    right_N, judged_N = instances.given_N == instances.clean_N, ~selection["planted"]
    kept_N = selection["kept"]
    record = run.rounds()[0]
    assert record.precision == pytest.approx(right_N[kept_N].mean())
    assert record.recall == pytest.approx(kept_N[right_N & judged_N].mean())


@pytest.mark.parametrize(
    ("slots", "labels", "reason"),
    [
        ([3, 1], [0, 0], "its slots are not rising, or not within 0 .. 79"),
        ([1, 80], [0, 0], "its slots are not rising, or not within 0 .. 79"),
        ([1, 2], [0], "it holds 2 slots, and labels of shape (1,)"),
        ([1.5, 2], [0, 1], "it holds float64 and int64, not whole numbers"),
        ([1, 2], [0, -1], "it holds the label -1; labels count from 0"),
    ],
)
def test_a_damaged_file_of_planted_labels_is_told(
    run: Run, slots: list[float | int] | list[int], labels: list[int], reason: str
) -> None:
    path = run.folder.round(0) / "planted.npz"
    arrays.save_npz(path, {"slot": np.array(slots), "label": np.array(labels)})
    with pytest.raises(RunError) as error:
        run.planted(0)
    assert str(error.value) == (
        f"run {run.run_id}: rounds/000/planted.npz cannot be read ({reason}); "
        "copy it back from a copy of the run."
    )
    path.write_bytes(b"PK")
    with pytest.raises(RunError, match="planted"):
        run.planted(0)


def test_a_run_without_planted_labels_has_none(run: Run) -> None:
    (run.folder.round(0) / "planted.npz").unlink()
    with contextlib.closing(sqlite3.connect(run.folder.database)) as database, database:
        database.execute("DELETE FROM facts WHERE key = ?", (n_planted_fact(0),))
    assert len(run.planted(0)) == 0


def test_another_seed_plants_others(runs_root: Path, run: Run) -> None:
    other = _trained(runs_root, seed=1)
    assert set(_index(other, 0)) != set(_index(run, 0))
    assert replace(other.rounds()[0], seconds=0).planted == 8
