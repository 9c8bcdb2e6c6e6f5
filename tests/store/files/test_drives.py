"""On a drive that may go away nothing is mapped: whoever reads is told an error, not killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mild.store.database import connect
from mild.store.files import arrays, drives
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.writer import RunWriter
from tests.runs_for_tests import write_run


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every path is on a drive that may go away."""
    monkeypatch.setattr(drives, "may_go_away", lambda path: True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell")
def test_a_drive_is_told_by_the_kind_of_its_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = subprocess.check_output(["stat", "-f", "-c", "%t", tmp_path], text=True)
    assert not drives.may_go_away(tmp_path / "missing")
    monkeypatch.setattr(drives, "_REMOTE", frozenset())
    assert not drives.may_go_away(tmp_path)
    monkeypatch.setattr(drives, "_REMOTE", frozenset({int(kind, 16)}))
    assert drives.may_go_away(tmp_path)


@pytest.mark.usefixtures("away")
def test_an_array_outlives_its_file(tmp_path: Path) -> None:
    path, rows = tmp_path / "rows.npy", np.arange(200_000).reshape(4, -1)
    np.save(path, rows)
    read = arrays.load_npy(path)
    os.truncate(path, 200)  # a map would end this process here
    np.testing.assert_array_equal(read, rows)
    assert not read.flags.writeable


@pytest.mark.usefixtures("away")
def test_a_killed_run_is_read_without_the_index_of_its_log(tmp_path: Path) -> None:
    run = write_run(tmp_path, n=60)
    writer = RunWriter(run.folder)
    writer.event("note", "the last word")
    killed = tmp_path / "killed" / run.run_id
    shutil.copytree(run.folder.path, killed)
    writer.close()
    (killed / "run.db-shm").unlink()
    found = Run(type(run.folder)(killed))
    assert found.events()[-1].sentence == "the last word"
    assert found.epochs() == run.epochs()
    assert not (killed / "run.db-shm").exists()


@pytest.mark.usefixtures("away")
def test_a_run_at_work_is_read_from_its_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path, n=60)
    n_epochs = len(run.epochs())
    monkeypatch.setattr(connect, "_in_place", None)
    lock = RecordLock(run.folder.lock)
    assert lock.acquire()
    writer = RunWriter(run.folder)
    writer.set_state("training", "It goes on.")
    try:
        assert (run.state().state, len(run.epochs())) == ("training", n_epochs)
    finally:
        writer.close()
        lock.release()
