"""Planted labels on disk, and runs from before them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mild.analysis.outcome import outcome_of
from mild.core.planted.planting import Planted
from mild.store.review.cuts import kept_by
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.store.writer import RunWriter
from tests.runs_for_tests import write_run

NEW = (
    "planted", "planted_auroc", "can_tell", "can_tell_reason", "noise_rate_low", "noise_rate_high",
    "f1_estimate", "f1_low", "f1_high",
)  # fmt: skip


@pytest.fixture
def old(runs_root: Path) -> Run:
    """As a version before planted labels left it."""
    run = write_run(runs_root)
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        for name in NEW:
            database.execute(f"ALTER TABLE rounds DROP COLUMN {name}")
    for record in run.rounds():
        path = run.folder.round(record.round) / "selection.npz"
        members = dict(run.selection(record.round))
        members.pop("planted")
        np.savez(path, **members)  # type: ignore[arg-type]
    return run


def test_a_run_from_before_planted_labels_is_read_and_claims_none(old: Run) -> None:
    for record in old.rounds():
        assert [getattr(record, name) for name in NEW] == [None] * len(NEW)
        assert len(old.planted(record.round)) == 0
    assert {item["planted"] for item in outcome_of(old)["rounds"]} == {None}
    assert "planted_share" not in old.facts()


def test_a_writer_that_goes_on_with_an_old_run_can_write_what_is_new(old: Run) -> None:
    last = old.rounds()[-1]
    told = replace(last, planted=7, can_tell=True, can_tell_reason="They differ.", f1_estimate=0.5)
    for _ in range(2):  # once more, now that the columns are there
        writer = RunWriter(old.folder)
        selection = old.selection(last.round)
        writer.end_round(told, scores=old.scores(last.round), selection=selection)
        writer.close()
    assert old.rounds()[-1] == told
    assert old.rounds()[0].planted is None


def test_every_number_of_a_round_comes_back_as_it_was_written(runs_root: Path) -> None:
    run = write_run(runs_root)
    record = RoundRecord(
        round=0, epochs=9, trained_on=100, kept=60, cut=3.25, rule="posterior",
        noise_rate_estimate=0.2, converged=True, note="", precision=None, recall=None,
        f1_flagged=None, auroc=None, best_f1_flagged=None, seconds=1.0, planted=10,
        planted_auroc=0.9, can_tell=False, can_tell_reason="They do not differ.",
        noise_rate_low=0.1, noise_rate_high=0.3, f1_estimate=0.7, f1_low=0.6, f1_high=0.8,
    )  # fmt: skip
    writer = RunWriter(run.folder)
    writer.end_round(record, scores=run.scores(0), selection=run.selection(0))
    writer.close()
    assert run.rounds()[0] == record
    assert run.rounds()[0].can_tell is False


def test_planted_labels_are_written_when_their_round_begins_and_forgotten_when_it_begins_anew(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, until="begun", n=20)
    planted = Planted(slot_P=np.array([2, 5]), label_P=np.array([1, 0]))
    writer = RunWriter(run.folder)
    writer.begin_round(0, np.arange(20), 3, planted=planted)
    assert run.planted(0).slot_P.tolist() == [2, 5]
    assert run.planted(0).label_P.tolist() == [1, 0]
    writer.begin_round(0, np.arange(20), 3, planted=Planted.none())
    writer.close()
    assert len(run.planted(0)) == 0
    assert not (run.folder.round(0) / "planted.npz").exists()


def test_a_persons_cut_keeps_judged_images_alone(runs_root: Path) -> None:
    run = write_run(runs_root)
    n = len(run.index(0))
    everything = run.n_epochs(0) + 1
    assert kept_by(run, 0, everything) == n
    np.savez(run.folder.round(0) / "planted.npz", slot=np.arange(5), label=np.zeros(5, dtype=int))
    assert kept_by(run, 0, everything) == n - 5
