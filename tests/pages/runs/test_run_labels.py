"""What runs are called where one chooses a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.store.review.about import rename
from mild.store.run import Run, all_runs
from mild.store.writer import RunWriter
from mild.ui.cache.run_labels import run_labels
from tests.runs_for_tests import live, write_run


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose settings were read from disk."""
    found: list[str] = []
    real = Run.config
    monkeypatch.setattr(Run, "config", lambda run: found.append(run.run_id) or real(run))
    return found


def test_runs_made_in_the_same_second_with_the_same_name_are_told_apart(runs_root: Path) -> None:
    runs = [write_run(runs_root, until="failed") for _ in range(3)]
    labels = run_labels(runs)
    assert set(labels) == {run.run_id for run in runs}
    assert len(set(labels.values())) == 3
    assert all(label.startswith(runs[0].config().name) for label in labels.values())


def test_a_label_is_read_again_when_the_run_is_renamed_and_not_when_it_goes_on(
    runs_root: Path, read: list[str]
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        first = run_labels(all_runs())
        assert read == [run.run_id]
        with_state = RunWriter(run.folder)
        with_state.set_state("training", "Round 1 goes on.")
        with_state.close()
        assert run_labels(all_runs()) == first
        assert read == [run.run_id]
        rename(run.folder, "the good one")
        assert run_labels(all_runs())[run.run_id] == "the good one"


def test_a_damaged_run_is_called_by_its_id(runs_root: Path) -> None:
    run = write_run(runs_root, until="damaged")
    assert run_labels([run]) == {run.run_id: run.run_id}
