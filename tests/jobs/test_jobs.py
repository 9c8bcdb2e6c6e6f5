"""Starting and stopping workers, as far as no worker is needed for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mild import jobs
from mild.config import DataConfig, RunConfig, parse
from mild.errors import RunError
from mild.jobs import workers
from mild.jobs.paths import with_absolute_paths
from mild.store import lock
from mild.store.run import LAUNCH_SECONDS, all_runs
from tests.conftest import PROJECT
from tests.in_process import Done, worker_process
from tests.runs_for_tests import Until, live, write_run


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the runs for which a worker would have been launched."""
    ids: list[str] = []
    monkeypatch.setattr(workers, "launch", lambda folder: ids.append(folder.run_id))
    monkeypatch.setattr(workers, "_last_start", {})
    return ids


def test_a_double_click_starts_one_run(launched: list[str]) -> None:
    first = jobs.start(RunConfig(), asker="one browser")
    second = jobs.start(RunConfig(), asker="one browser")
    assert second.run_id == first.run_id
    assert launched == [first.run_id]
    assert [run.run_id for run in all_runs()] == [first.run_id]


def test_eight_clicks_at_once_start_one_run(launched: list[str]) -> None:
    threads = [
        threading.Thread(target=jobs.start, args=(RunConfig(),), kwargs={"asker": "one browser"})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(launched) == len(all_runs()) == 1


def test_what_is_no_double_click_starts_another_run(
    launched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.start(RunConfig(), asker="one browser")
    jobs.start(RunConfig(), asker="another browser")
    jobs.start(RunConfig(seed=1), asker="one browser")
    jobs.start(RunConfig())
    jobs.start(RunConfig())
    assert len(launched) == 5
    jobs.start(RunConfig(seed=1), asker="one browser")
    assert len(launched) == 5
    later = time.monotonic() + jobs.DOUBLE_CLICK_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    jobs.start(RunConfig(seed=1), asker="one browser")
    assert len(launched) == 6


def test_a_start_that_fails_is_tried_again(launched: list[str], runs_root: Path) -> None:
    runs_root.write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        jobs.start(RunConfig(), asker="one browser")
    runs_root.unlink()
    jobs.start(RunConfig(), asker="one browser")
    assert len(launched) == 1


def test_paths_are_meant_from_where_the_asker_stands(
    launched: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    data = DataConfig(source="folder", path="pictures", labels_path="~/labels.csv")
    stored = jobs.start(RunConfig(data=data)).config().data
    assert stored.path == str(tmp_path / "pictures")
    assert stored.labels_path == "/home/somebody/labels.csv"
    assert stored.data_root == str(tmp_path / "data")
    assert jobs.start(RunConfig()).config().data.path is None


def test_a_network_of_ones_own_is_looked_for_where_the_asker_stands(
    launched: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = RunConfig(model="nets:build", weights="a.pt")
    stored = jobs.start(own).config()
    assert (stored.model_folder, stored.weights) == (str(tmp_path), str(tmp_path / "a.pt"))
    elsewhere = own.model_copy(update={"model_folder": "nets"})
    assert jobs.start(elsewhere).config().model_folder == str(tmp_path / "nets")
    assert jobs.start(RunConfig()).config().model_folder is None


def test_only_the_runs_own_worker_is_asked_to_stop(runs_root: Path) -> None:
    one, other = (write_run(runs_root, until="training", n=60) for _ in range(2))
    with live(one) as pid, live(other):
        jobs.stop(one)
        _until_ended(pid)
        assert one.state().state == "stopped"
        assert other.state().state == "training"


def _until_ended(pid: int) -> None:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("until", ["done", "failed", "stopped", "interrupted"])
def test_a_run_that_is_not_at_work_cannot_be_stopped(runs_root: Path, until: Until) -> None:
    run = write_run(runs_root, until=until, n=60)
    with pytest.raises(RunError) as error:
        jobs.stop(run)
    assert str(error.value) == (
        f"run {run.run_id} is {until}: only a run at work can be stopped; "
        "`python -m mild runs` shows which are."
    )


def test_a_run_launched_in_vain_counts_as_gone_after_a_while(runs_root: Path) -> None:
    run = write_run(runs_root, until="queued")
    long_ago = time.time() - LAUNCH_SECONDS + 0.2
    os.utime(run.folder.lock, (long_ago, long_ago))
    with pytest.raises(RunError, match="is interrupted: only a run at work can be stopped"):
        jobs.stop(run)


def test_a_worker_that_ends_by_itself_meanwhile_is_no_crash(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run = write_run(runs_root, until="training", n=60)
    answers = iter([lock.Answer("held", gone.pid)])
    monkeypatch.setattr(lock, "ask", lambda _: next(answers, lock.Answer("free")))
    with pytest.raises(RunError, match="is interrupted: only a run at work can be stopped"):
        jobs.stop(run)


@pytest.mark.parametrize("pid", [0, -1])
def test_a_worker_in_another_container_is_not_mistaken_for_every_process_here(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, pid: int
) -> None:
    run = write_run(runs_root, until="training", n=60)
    monkeypatch.setattr(lock, "ask", lambda _: lock.Answer("held", pid))
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda *arguments: killed.append(arguments[0]))
    with pytest.raises(RunError) as error:
        jobs.stop(run)
    assert killed == []
    assert str(error.value) == (
        f"run {run.run_id} is at work where it cannot be reached from here; "
        "stop it in the container or on the machine where it was started."
    )


def _worker(*words: str) -> Done:
    """As a process of its own, which takes the run's lock along when it ends."""
    return subprocess.run(
        [sys.executable, "-m", "mild.training.worker", *words],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
        timeout=60,
    )


def test_a_second_worker_on_a_run_is_refused(runs_root: Path) -> None:
    run = write_run(runs_root, until="training", n=60)
    with live(run) as pid:
        second = worker_process([str(run.folder.path)])
        assert second.returncode == 1
        assert second.stderr == (
            f"run {run.run_id}: another worker is at work on it; stop it first.\n"
        )
        assert run.state().pid == pid


@pytest.mark.parametrize("until", ["done", "interrupted"])
def test_a_run_that_has_begun_before_is_not_begun_again(runs_root: Path, until: Until) -> None:
    run = write_run(runs_root, until=until, n=60)
    before = run.epochs()
    again = _worker(run.run_id)
    assert again.returncode == 1
    assert again.stderr == (
        f"run {run.run_id} has begun before; "
        f"python -m mild resume {run.run_id} goes on with it, unless it is done.\n"
    )
    assert run.epochs() == before


def test_the_worker_tells_wrong_usage_and_unknown_runs_apart(runs_root: Path) -> None:
    usage = _worker()
    assert (usage.returncode, usage.stderr) == (2, "usage: python -m mild.training.worker RUN\n")
    unknown = worker_process(["nothing"])
    assert unknown.returncode == 1
    assert unknown.stderr == (
        f"run 'nothing': none is there in {runs_root}, and there is no such folder; "
        "`python -m mild runs` lists the runs.\n"
    )
    damaged = write_run(runs_root, until="damaged", n=60)
    answer = worker_process([damaged.run_id])
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"run {damaged.run_id}: run.db cannot be read (")


def test_a_server_remembers_no_start_longer_than_a_double_click_takes(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "launch", lambda _: None)
    monkeypatch.setattr(workers, "_last_start", {})
    monkeypatch.setattr(workers, "DOUBLE_CLICK_SECONDS", 0.0)
    for number in range(3):
        jobs.start(RunConfig(), asker=f"window {number}", root=runs_root)
    assert list(workers._last_start) == ["window 2"]


@pytest.mark.parametrize("path", ["s3://bucket/birds", "hf:owner/birds:small@v2"])
def test_an_address_means_the_same_from_everywhere(path: str) -> None:
    asked = parse({"data": {"source": "folder", "path": path}})
    assert with_absolute_paths(asked).data.path == path
