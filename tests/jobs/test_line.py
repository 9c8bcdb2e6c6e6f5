"""Many runs on one machine wait in a line, which starts one worker after another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mild import jobs
from mild.config import RunConfig, parse
from mild.jobs.launchers import line
from mild.store.folder import RunFolder
from mild.store.job import Job, read_job, write_job
from mild.store.lock import RecordLock
from mild.store.run import Run


class _Worker:
    """Stands for a worker that is done at once."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def wait(self) -> int:
        jobs_done.append(self.folder.run_id)
        return 0


jobs_done: list[str] = []


@pytest.fixture
def waiting(runs_root: Path) -> tuple[Path, list[Run]]:
    """A line's lock, and three runs that wait in it."""
    (runs_root / ".lines").mkdir(parents=True)
    runs = [jobs.create(RunConfig(seed=seed)) for seed in range(3)]
    for run in runs:
        write_job(run.folder, Job(launcher="line", id=".lines/abc.lock"))
        os.utime(run.folder.lock, (1, 1))
    jobs_done.clear()
    return runs_root / ".lines" / "abc.lock", runs


def test_a_run_in_line_is_queued_while_its_line_lives(waiting: tuple[Path, list[Run]]) -> None:
    path, runs = waiting
    held = RecordLock(path)
    assert held.acquire()
    assert runs[1].state().state == "queued"
    assert runs[1].state().sentence == "Waits behind runs that were asked for earlier."
    held.release()
    state = runs[1].state()
    assert (state.state, state.resumable) == ("interrupted", True)
    assert state.sentence == "The queue in which it waited is gone; resume it to have it trained."


def test_a_line_passes_over_what_was_stopped_deleted_or_resumed_elsewhere(
    waiting: tuple[Path, list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, runs = waiting
    monkeypatch.setattr(line, "start_worker", _Worker)
    held = RecordLock(path)
    assert held.acquire()
    jobs.stop(runs[0])
    assert runs[0].state().state == "stopped"
    held.release()
    write_job(runs[1].folder, Job(launcher="slurm", id="17_0"))
    gone = path.parent.parent / "gone-20261128-120000-abcd"
    assert line.main([str(path), *(str(run.folder.path) for run in runs), str(gone)]) == 0
    assert jobs_done == [runs[2].run_id]
    assert not path.exists()


def test_a_lock_that_another_line_has_is_not_taken(waiting: tuple[Path, list[Run]]) -> None:
    path, runs = waiting
    held = RecordLock(path)
    assert held.acquire()
    assert line.main([str(path), str(runs[0].folder.path)]) == 1
    assert line.main([]) == 2
    held.release()


@pytest.mark.slow
def test_many_runs_cost_one_process_that_waits(runs_root: Path) -> None:
    config = parse({"rounds": [1], "final": {"kind": "none"}, "device": "cpu"})
    runs = [jobs.create(config.model_copy(update={"seed": seed})) for seed in range(3)]
    jobs.launch_all([run.folder for run in runs])
    assert {run.state().state for run in runs} <= {"queued", "preparing", "training"}
    until = time.monotonic() + 120
    while not all(run.state().state == "done" for run in runs):
        assert time.monotonic() < until, [run.state() for run in runs]
        time.sleep(0.2)
    started = [run.state().started or 0.0 for run in runs]
    assert started == sorted(started)
    job = read_job(runs[0].folder)
    assert job is not None
    assert job.launcher == "line"


@pytest.mark.parametrize("name", ["--user=me", "", "../lock", ".lines/../../lock", "/lock", "1 2"])
def test_a_job_that_is_no_name_of_one_is_not_believed(name: str, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_job(folder, Job(launcher="slurm", id=name))
    assert read_job(folder) is None
