"""Writing a run: whole or not at all, and told in a sentence where it cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.config import RunConfig
from mild.errors import RunError
from mild.store.run import Run, all_runs
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, create_run
from tests.conftest import PROJECT
from tests.runs_for_tests import write_run


def test_a_new_run_is_queued_and_whole(runs_root: Path) -> None:
    run = Run(create_run(RunConfig(name="Two words")))
    assert run.folder.path.parent == runs_root
    assert run.run_id.startswith("two-words-")
    assert run.config() == RunConfig(name="Two words")
    assert run.recorded_state().state == "queued"
    assert [path.name for path in runs_root.iterdir()] == [run.run_id]


def test_a_file_in_place_of_the_runs_folder_is_a_sentence(runs_root: Path) -> None:
    runs_root.write_text("")
    with pytest.raises(RunError) as error:
        create_run(RunConfig())
    assert str(error.value) == (
        f"runs folder {runs_root} cannot be written (Not a directory); "
        "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
    )


def test_a_runs_folder_below_a_file_is_a_sentence(runs_root: Path) -> None:
    runs_root.write_text("")
    with pytest.raises(RunError) as error:
        create_run(RunConfig(), runs_root / "below")
    assert str(error.value) == (
        f"runs folder {runs_root / 'below'} cannot be written (Not a directory); "
        "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
    )


_ON_A_FULL_DISK = """
import resource, sys
from mild.config import RunConfig
from mild.errors import RunError
from mild.store.writer import create_run

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
try:
    create_run(RunConfig())
except RunError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [0, 100, 8192])
def test_a_run_that_does_not_fit_on_the_disk_leaves_nothing_behind(
    runs_root: Path, room: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(room)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"runs folder {runs_root} cannot be written (")
    assert list(runs_root.iterdir()) == []
    assert all_runs() == []


def test_an_unknown_state_is_refused(runs_root: Path) -> None:
    run = write_run(runs_root, until="queued")
    writer = RunWriter(run.folder)
    with pytest.raises(ValueError, match="state 'running' is not one of"):
        writer.set_state("running")
    writer.close()


def test_a_run_starts_when_it_leaves_the_queue_and_ends_once(runs_root: Path) -> None:
    run = write_run(runs_root, until="queued")
    assert run.recorded_state().started is None
    done = write_run(runs_root, until="done").state()
    assert done.created <= done.started <= done.ended


def test_extreme_losses_stay_numbers(runs_root: Path) -> None:
    run = write_run(runs_root, until="begun", n=3)
    writer = RunWriter(run.folder)
    writer.begin_round(0, np.arange(3), n_classes=2)
    recorded = EpochArrays(
        status_N=np.array([1, 0, 1]),
        predictions_N=np.array([0, 1, 0]),
        losses_N=np.array([0.0, 1e9, np.inf]),
        margins_N=np.array([1e9, -1e9, -np.inf]),
    )
    record = EpochRecord(
        stage=0,
        epoch=1,
        seconds=1.0,
        learning_rate=0.1,
        train_loss=1.0,
        memorized_share=0.5,
        test_accuracy=None,
        recorded=0.0,
    )
    writer.end_epoch(record, recorded, epochs_left=0)
    writer.close()
    assert np.isfinite(run.losses(0)).all()
    assert np.isfinite(run.margins(0)).all()
    assert (np.sign(run.margins(0)) == [[1, -1, -1]]).all()


@pytest.mark.parametrize(("n_classes", "dtype"), [(2, np.uint8), (256, np.uint8), (257, np.uint16)])
def test_predictions_take_as_little_room_as_the_classes_allow(
    runs_root: Path, n_classes: int, dtype: Any
) -> None:
    run = write_run(runs_root, until="begun", n=300, n_classes=n_classes)
    assert run.predictions(0).dtype == dtype
