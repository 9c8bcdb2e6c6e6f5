"""What is left of runs half made and half deleted is swept when the next run is made."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mild.store.run import all_runs
from mild.store.writing import recovery
from mild.store.writing.leftovers import MAKING_SECONDS, sweep
from tests.runs_for_tests import write_run


def _folder(path: Path, age: float = 0) -> Path:
    path.mkdir(parents=True)
    (path / "run.db").write_text("half")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def test_the_next_run_sweeps_what_was_cut_short(runs_root: Path) -> None:
    deleting = _folder(runs_root / ".deleting-old-20261128-120000-abcd")
    stale = _folder(runs_root / ".making-old-20261128-120000-abcd", MAKING_SECONDS + 60)
    fresh = _folder(runs_root / ".making-new-20261128-120000-abcd")
    other = _folder(runs_root / ".notes", MAKING_SECONDS + 60)
    run = write_run(runs_root, n=60, until="queued")
    assert not deleting.exists()
    assert not stale.exists()
    assert fresh.exists()  # somebody may be making it
    assert other.exists()
    assert [item.run_id for item in all_runs(runs_root)] == [run.run_id]


def test_who_goes_on_with_a_run_removes_what_its_worker_left_unfinished(tmp_path: Path) -> None:
    folder = tmp_path / "rounds" / "000"
    folder.mkdir(parents=True)
    for name in ("current.npy", ".scores.npz.1234.tmp", "scores.npz", "status.npy"):
        (folder / name).touch()
    recovery.remove_temporary(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["scores.npz", "status.npy"]


def test_a_link_is_left_alone(runs_root: Path, tmp_path: Path) -> None:
    kept = _folder(tmp_path / "elsewhere")
    runs_root.mkdir()
    (runs_root / ".deleting-link").symlink_to(kept)
    assert sweep(runs_root) == []
    assert (kept / "run.db").exists()
