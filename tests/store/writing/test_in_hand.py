"""What a worker has in hand outlives those who tidy up: its lock, run.db, and rows of its round."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from mild.config import parse
from mild.core.planted.planting import Planted
from mild.errors import RunError, RunTakenError
from mild.store import state
from mild.store.files.disk_full import WRITE_ERRORS
from mild.store.lock import RecordLock, ask
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, create_run

N = 20
PROJECT = Path(__file__).resolve().parents[3]


class Worker:
    """Writes epochs of one round, and holds the run's lock."""

    def __init__(self, runs_root: Path) -> None:
        self.run = Run(create_run(parse({"rounds": [9]}), runs_root))
        self.lock = RecordLock(self.run.folder.lock)
        assert self.lock.acquire()
        self.writer = RunWriter(self.run.folder)
        self.writer.hold(self.lock)
        self.writer.instances(given_N=np.zeros(N, int), clean_N=None, names=("x",) * N)
        self.writer.set_state("training", "Round 1 of 1.")
        self.writer.begin_round(0, np.arange(N), 4)
        self.n_epochs = 0

    def train(self) -> None:
        """One epoch, in which as many instances are memorized as there were epochs."""
        self.n_epochs += 1
        memorized_N = np.arange(N) < self.n_epochs
        self.writer.end_epoch(
            EpochRecord(
                stage=0, epoch=self.n_epochs, learning_rate=0.1, train_loss=1.0,
                memorized_share=0.5, test_accuracy=None, seconds=1.0, recorded=time.time(),
            ),
            EpochArrays(
                status_N=memorized_N, predictions_N=np.zeros(N, int),
                losses_N=np.ones(N), margins_N=np.ones(N),
            ),
            epochs_left=9 - self.n_epochs,
        )  # fmt: skip


@pytest.fixture
def worker(runs_root: Path) -> Iterator[Worker]:
    made = Worker(runs_root)
    yield made
    made.writer.close()
    made.lock.release()


def _memorized(run: Run) -> list[int]:
    """How many instances each committed epoch found memorized, by its rows."""
    bits_EN = np.unpackbits(np.array(run.status(0)), axis=1, count=N)
    return [int(row.sum()) for row in bits_EN]


@pytest.mark.parametrize(
    "name", ["run.db", "run.db-wal", "rounds/000/status.npy", "rounds/000/losses.npy"]
)
@pytest.mark.parametrize("how", ["removed", "renamed"])
def test_no_epoch_is_lost_where_a_file_is_taken_from_under_its_worker(
    worker: Worker, name: str, how: str
) -> None:
    worker.train()
    victim = worker.run.folder.path / name
    victim.unlink() if how == "removed" else victim.rename(victim.with_name("aside"))
    worker.train()
    assert _memorized(worker.run) == [1, 2]
    assert len(worker.run.losses(0)) == 2
    assert [item.epoch for item in worker.run.epochs()] == [1, 2]
    worker.train()
    worker.writer.set_state("stopped", "Enough.")
    assert worker.run.recorded_state().state == "stopped"
    assert _memorized(worker.run) == [1, 2, 3]


def test_a_database_that_is_renamed_back_over_the_new_one_loses_nothing(worker: Worker) -> None:
    worker.train()
    path = worker.run.folder.database
    aside = path.with_name("aside")
    path.rename(aside)
    worker.train()
    aside.rename(path)
    worker.train()
    assert [item.epoch for item in worker.run.epochs()] == [1, 2, 3]


def test_a_removed_lock_is_made_anew_and_nobody_else_gets_in(worker: Worker) -> None:
    worker.run.folder.lock.unlink()
    worker.train()
    assert ask(worker.run.folder.lock).held == "held"
    assert _other_process_gets(worker.run.folder.lock) is False


def test_a_worker_whose_removed_lock_another_one_took_writes_nothing_more(worker: Worker) -> None:
    worker.train()
    worker.run.folder.lock.unlink()
    other = _holder(worker.run.folder.lock)
    try:
        before = {path: path.read_bytes() for path in worker.run.folder.path.rglob("*.npy")}
        with pytest.raises(RunTakenError, match="another worker has taken it; this one ends here"):
            worker.train()
        with pytest.raises(RunTakenError):
            worker.writer.set_state("failed", "not mine to say")
    finally:
        other.kill()
        other.communicate()
    with pytest.raises(RunTakenError):  # for good: who took it may have written meanwhile
        worker.writer.set_state("failed", "still not mine")
    assert {path: path.read_bytes() for path in before} == before
    assert worker.run.recorded_state().state == "training"


def test_a_state_that_somebody_else_wrote_between_is_said_again(worker: Worker) -> None:
    worker.run.folder.lock.unlink()
    worker.run.folder.lock.touch()  # who resumed the run had it for a moment
    with closing(sqlite3.connect(worker.run.folder.database)) as database, database:
        database.execute("UPDATE state SET state = 'queued'")
    worker.train()
    assert worker.run.recorded_state().state == "training"


def test_a_worker_that_is_silent_is_stalled_and_not_training(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.train()
    assert worker.run.state().state == "training"
    worker.writer._open._progress.abandon()  # as a process that was stopped: nothing is heard
    later = time.time() + state.SILENT_SECONDS + 1
    monkeypatch.setattr("mild.store.state.time.time", lambda: later)
    found = worker.run.state()
    assert (found.state, found.live, found.resumable) == ("stalled", True, False)
    assert "has not been heard from for a while" in found.sentence


@pytest.mark.parametrize("back", [3600.0, 3 * 86400.0])
def test_a_clock_that_is_set_back_makes_no_gone_worker_look_as_if_it_were_about_to_come(
    runs_root: Path, back: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(create_run(parse({"rounds": [2]}), runs_root))
    now = time.time()
    assert run.state().state == "queued"
    monkeypatch.setattr("mild.store.state.time.time", lambda: now - back)
    assert run.state().state == "interrupted"


def test_a_folder_that_is_gone_is_not_written_anew(worker: Worker) -> None:
    worker.train()
    shutil.rmtree(worker.run.folder.path)
    with pytest.raises(WRITE_ERRORS):
        worker.train()
    assert not worker.run.folder.path.exists()


def _holder(path: Path) -> subprocess.Popen[bytes]:
    """Another process that has taken the lock."""
    script = (
        "import sys; from pathlib import Path; from mild.store.lock import RecordLock;"
        "lock = RecordLock(Path(sys.argv[1]));"
        "print(lock.acquire(), flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"True\n"
    return process


def _other_process_gets(path: Path) -> bool:
    script = (
        "import sys; from pathlib import Path; from mild.store.lock import RecordLock;"
        "sys.exit(not RecordLock(Path(sys.argv[1])).acquire())"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=PROJECT, check=False)
    return done.returncode == 0


def test_planted_labels_that_are_gone_are_missed_and_not_taken_for_none(worker: Worker) -> None:
    planted = Planted(slot_P=np.array([1, 4]), label_P=np.array([2, 3]))
    worker.writer.begin_round(1, np.arange(N), 4, planted=planted)
    assert len(worker.run.planted(1)) == 2
    (worker.run.folder.round(1) / "planted.npz").unlink()
    with pytest.raises(RunError, match=r"planted\.npz is missing; copy it back"):
        worker.run.planted(1)
    assert not worker.run.planted(0)  # where nothing was planted, nothing is missed


def test_a_list_of_what_is_held_out_that_is_gone_is_missed_when_a_round_begins(
    worker: Worker,
) -> None:
    worker.writer.held_out(given_M=np.zeros(3, int), clean_M=None, names=("x",) * 3)
    worker.run.folder.held_out.unlink()
    with pytest.raises(RunError, match=r"held_out\.parquet is missing; copy it back"):
        worker.writer.begin_round(1, np.arange(N), 4)


def test_a_round_whose_index_is_gone_is_still_a_round(worker: Worker) -> None:
    worker.train()
    (worker.run.folder.round(0) / "index.npy").unlink()
    assert worker.run.rounds_begun() == 1
    with pytest.raises(RunError, match=r"index\.npy is missing; copy it back"):
        worker.run.status(0)


def test_rows_removed_while_a_round_is_selected_are_put_back(runs_root: Path) -> None:
    worker = Worker(runs_root)
    worker.train()
    path = worker.run.folder.round(0) / "status.npy"
    content = path.read_bytes()
    path.unlink()
    worker.writer._rounds.select(0, scores={}, selection={})
    assert path.read_bytes() == content
    worker.writer.close()
    worker.lock.release()
