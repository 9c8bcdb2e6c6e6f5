"""Runs go through Slurm's queue by submitit: begun, stopped, taken out, gone on with after
preemption, hundreds at once; against a Slurm of one machine that stands on PATH."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mild import jobs
from mild.config import RunConfig, parse
from mild.errors import RunError
from mild.jobs.launchers import launcher_of, slurm
from mild.jobs.launchers.slurm_job import WorkerJob
from mild.jobs.sweeps import launch as launch_sweep
from mild.store.job import read_job
from mild.store.run import all_runs
from tests.conftest import PROJECT

submitit = pytest.importorskip("submitit")
FAKE = PROJECT / "tests" / "jobs" / "fake_slurm"
TINY: dict[str, Any] = {
    "rounds": [2, 2],
    "final": {"kind": "none"},
    "device": "cpu",
    "selection": {"min_removed_share": 0.0},
    "launch": {"launcher": "slurm", "partition": "short", "minutes": 60, "memory_gb": 4},
}


@pytest.fixture
def cluster(tmp_path: Path, runs_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cluster with one machine; what is in its folder are its jobs."""
    root = tmp_path / "cluster"
    root.mkdir()
    runs_root.mkdir()
    (root / "slots").write_text("1")
    monkeypatch.setenv("FAKE_SLURM", str(root))
    monkeypatch.setenv("MILD_TEST_PYTHON", sys.executable)
    monkeypatch.setenv("PATH", f"{FAKE}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(slurm, "_asked", (float("-inf"), {}))
    monkeypatch.setattr(slurm, "ASK_SECONDS", 0.0)
    yield root
    (root / "slots").write_text("0")
    for job in {name.partition("_")[0] for name in _queue()}:  # of an array, all at once
        subprocess.run(["scancel", job], check=True)
    _until(lambda: not [job for job in _queue().values() if job == "RUNNING"], "an empty cluster")


def _queue() -> dict[str, str]:
    told = subprocess.run(["squeue"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: line.split()[1] for line in told.splitlines()}


def _until(ready: Callable[[], bool], what: str, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"waited for {what}"
        time.sleep(0.1)


def _config(**changes: Any) -> RunConfig:
    return parse(TINY | changes)


def _full(root: Path) -> None:
    """Nothing has its turn."""
    (root / "slots").write_text("0")


def test_what_slurm_is_asked_for_are_settings_of_the_run() -> None:
    asked = slurm.parameters(_config(device="auto", devices=4))
    assert asked == {
        "timeout_min": 60, "slurm_partition": "short", "gpus_per_node": 4, "mem_gb": 4,
    }  # fmt: skip
    assert "gpus_per_node" not in slurm.parameters(_config())


def test_a_run_that_waits_in_slurm_says_so_and_is_taken_out(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _full(cluster)
    monkeypatch.setenv("MILD_SLURM", "account=lab,qos=long")
    run = jobs.start(_config())
    os.utime(run.folder.lock, (1, 1))  # long ago: no longer about to be launched
    job = read_job(run.folder)
    assert job is not None
    state = run.state()
    assert (state.state, state.live) == ("queued", True)
    assert state.sentence == f"Waits in the queue of slurm as job {job.id}."
    script = next(cluster.glob("job-*.json")).read_text()
    for wanted in ("partition=short", "time=60", "mem=4GB", "account=lab", "qos=long", "USR2@120"):
        assert wanted in script
    jobs.stop(run)
    assert (run.state().state, _queue()) == ("stopped", {})


def test_a_job_that_left_the_queue_unbegun_is_noticed_and_can_be_resumed(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _full(cluster)
    run = jobs.start(_config())
    os.utime(run.folder.lock, (1, 1))
    monkeypatch.setattr("mild.jobs.queues.YOUNG_SECONDS", 0.0)
    jobs.look_after(all_runs())
    assert run.state().state == "queued"
    job = read_job(run.folder)
    assert job is not None
    subprocess.run(["scancel", job.id], check=True)
    jobs.look_after(all_runs())
    state = run.state()
    assert (state.state, state.resumable) == ("interrupted", True)
    assert state.sentence == (
        f"Its slurm job {job.id} ended (no longer in the queue) before the run began."
    )
    jobs.resume(run)
    os.utime(run.folder.lock, (1, 1))
    assert run.state().state == "queued"


def test_a_sweep_of_hundreds_is_one_array(cluster: Path) -> None:
    _full(cluster)
    launch_sweep([_config(seed=seed) for seed in range(200)])
    runs = all_runs()
    ids = [job.id for run in runs if (job := read_job(run.folder)) is not None]
    assert len(set(ids)) == len(_queue()) == len(runs) == 200
    assert {item.split("_")[0] for item in ids} == {"1001"}


def test_without_slurm_or_submitit_one_sentence_says_what_is_missing(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RunError, match="sbatch and srun are not on this machine; start the run"):
        jobs.start(_config())
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(RunError, match=r"run: pip install 'mild\[slurm\]'"):
        jobs.start(_config())


def test_the_launcher_is_chosen_by_setting_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert launcher_of(RunConfig()).name == "local"
    assert launcher_of(_config()).name == "slurm"
    monkeypatch.setenv("MILD_LAUNCHER", "slurm")
    assert launcher_of(RunConfig()).name == "slurm"
    assert launcher_of(_config(launch={"launcher": "local"})).name == "local"
    monkeypatch.setenv("MILD_LAUNCHER", "moon")
    with pytest.raises(RunError, match="MILD_LAUNCHER is 'moon': known launchers are local, slurm"):
        launcher_of(RunConfig())


@pytest.mark.slow
def test_a_preempted_run_goes_on_where_it_was_in_its_next_job(cluster: Path) -> None:
    """Told that it has to go, the worker ends at a batch; Slurm starts the job again."""
    run = jobs.start(_config(rounds=[400, 2]))
    _until(lambda: run.n_epochs(0) >= 2, "two epochs")
    job = read_job(run.folder)
    assert job is not None
    subprocess.run(["scancel", "--signal=USR2", job.id], check=True)
    _until(lambda: len([e for e in run.events() if e.kind == "queued"]) >= 1, "the requeue")
    kept = run.epochs()
    assert len(kept) >= 2
    _until(lambda: run.n_epochs(0) > len(kept), "an epoch of the next job")
    assert run.epochs()[: len(kept)] == kept
    jobs.stop(run)
    _until(lambda: run.state().state == "stopped", "the stop")
    _until(lambda: not _queue(), "the end of the job")


@pytest.mark.slow
def test_a_run_by_submitits_own_local_executor_ends_done(
    tmp_path: Path, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", f"{PROJECT}{os.pathsep}{known}")
    run = jobs.create(_config())
    executor = submitit.LocalExecutor(tmp_path / "submitit")
    executor.update_parameters(timeout_min=5)
    job = executor.submit(WorkerJob(str(run.folder.path)))
    _until(lambda: bool(run.epochs()), "an epoch")
    job._interrupt()  # SIGUSR2: ends at a batch and is started again
    _until(lambda: run.state().state == "done", "the end")
    assert job.result() == "done"
    assert [item.epochs for item in run.rounds()] == [2, 2]
