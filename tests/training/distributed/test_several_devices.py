"""Several processes on one run come to the same as one, and end together, however they end."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from mild import jobs
from mild.config import RunConfig, parse
from mild.errors import ConfigError
from mild.store.folder import RunFolder
from mild.store.run import Run
from mild.store.writer import create_run
from tests.conftest import PROJECT, end_workers
from tests.in_process import work_on
from tests.training.resumable import digests
from tests.training.test_worker import wait_for, wait_for_end, wait_for_epoch

NETWORK = """
from torch import nn

def net(n_classes):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, n_classes),
    )
"""
"""Without batch normalisation, in which what two processes round differently grows with every step:
after twenty, a change of a millionth in the weights has become one of a tenth in a loss."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Of a run on digits, with crops; dropped instances are watched, and may come back."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "net_without_norm.py").write_text(NETWORK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        patch.setenv("OMP_NUM_THREADS", "1")  # as in this process
        yield {
            "name": "several",
            "device": "cpu",
            "model": "net_without_norm:net",
            "model_folder": str(folder),
            "noise": {"model": "symmetric", "rate": 0.4},
            "rounds": [5, 2],
            "optimizer": {"batch_size": 100, "learning_rate": 0.02},
            "augmentation": {"crop_padding": 1, "flip": False},
            "selection": {"min_removed_share": 0.0, "nested": False},
            "final": {"kind": "mixmatch", "epochs": 2},
        }


@pytest.fixture(scope="module")
def two(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Trained by two processes, asked for on the command line."""
    root = tmp_path_factory.mktemp("two") / "runs"
    asked = root.with_name("asked.json")
    asked.write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "mild", "train", "--config", asked, "--devices", "2", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"MILD_RUNS_DIR": str(root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield Run(RunFolder(root / json.loads(done.stdout)["run_id"]))
    end_workers(root)


@pytest.mark.slow
def test_two_processes_come_to_the_same_as_one(
    settings: dict[str, Any], two: Run, tmp_path: Path
) -> None:
    one = Run(create_run(parse(settings), tmp_path / "runs"))
    assert work_on(one) == 0
    assert two.log_tail() == ""
    assert (one.facts()["n_processes"], two.facts()["n_processes"]) == (1, 2)
    for number in (0, 1):
        np.testing.assert_array_equal(two.index(number), one.index(number))
        np.testing.assert_array_equal(two.status(number), one.status(number))
        np.testing.assert_array_equal(two.predictions(number), one.predictions(number))
        theirs, ours = (run.held_out_predictions(number) for run in (two, one))
        assert theirs.shape == ours.shape
        assert (theirs == ours).mean() > 0.98  # sums in another order tip a few
        for name in ("losses", "margins"):
            theirs, ours = (np.asarray(getattr(run, name)(number), float) for run in (two, one))
            np.testing.assert_allclose(theirs, ours, atol=0.02)  # 16 bits on disk
        assert two.selection(number)["kept"].tolist() == one.selection(number)["kept"].tolist()
    for epoch_of_two, epoch in zip(two.epochs(), one.epochs(), strict=True):
        assert epoch_of_two.train_loss == pytest.approx(epoch.train_loss, rel=1e-3)
        assert epoch_of_two.memorized_share == pytest.approx(epoch.memorized_share, abs=1e-6)
        assert epoch_of_two.test_accuracy == pytest.approx(epoch.test_accuracy, abs=0.01)


@pytest.mark.slow
def test_two_streaming_processes_stopped_and_resumed_are_two_resident_ones(
    settings: dict[str, Any], two: Run
) -> None:
    """To the bit. Each decodes its own share; a request to stop ends both."""
    data = {"pipeline": "streaming", "workers": 1}
    run = jobs.start(parse(settings | {"devices": 2, "data": data}))
    wait_for_epoch(run, 1)
    assert (
        len(_processes(run)) >= 7
    )  # one that launched, two that train, and for each a server and its own
    jobs.stop(run)
    assert wait_for_end(run) == "stopped"
    _wait_until_all_ended(run)
    n_epochs = len(run.epochs())
    jobs.resume(run)
    assert wait_for_end(run) == "done", run.state().sentence
    _wait_until_all_ended(run)
    assert 1 <= n_epochs < len(run.epochs())
    assert run.log_tail() == ""
    found, expected = digests(run), digests(two)
    assert {name for name in expected if found[name] != expected[name]} == set()


def _processes(run: Run) -> dict[int, dict[str, str]]:
    """The living processes that were started for a run, with their environment."""
    ours, found = str(run.folder.path.parent), {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            text = (entry / "environ").read_bytes().decode(errors="replace")
            variables = dict(item.split("=", 1) for item in text.split("\0") if "=" in item)
            if variables.get("MILD_RUNS_DIR") == ours:
                found[int(entry.name)] = variables
    return found


def _process(run: Run, rank: int) -> int:
    """The worker that was started as number `rank`."""
    return min(pid for pid, item in _processes(run).items() if item.get("RANK") == str(rank))


def _wait_until_all_ended(run: Run) -> None:
    wait_for(lambda: not _processes(run), "the end of all processes")


def _open_for_writing(pid: int, folder: Path) -> set[str]:
    """Names of a run's files that a process could write."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = entry.readlink()
            flags = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text().split("flags:")[1].split()
            if target.is_relative_to(folder) and int(flags[0], 8) & os.O_ACCMODE != os.O_RDONLY:
                found.add(target.name)
    return found


def _listening(pids: Iterable[int]) -> set[str]:
    """The addresses at which any of these processes waits for somebody to connect."""
    found = (item for pid in pids for item in psutil.Process(pid).net_connections("inet"))
    return {item.laddr.ip for item in found if item.status == psutil.CONN_LISTEN}


@pytest.mark.slow
def test_process_0_alone_writes_nobody_else_can_connect_and_one_that_is_gone_is_told(
    settings: dict[str, Any],
) -> None:
    run = jobs.start(parse(settings | {"devices": 2, "rounds": [10_000]}))
    pid = wait_for_epoch(run, 1)
    folder = run.folder.path
    assert _process(run, 0) == pid
    assert {"run.db", "status.npy", "run.lock"} <= _open_for_writing(pid, folder)
    other = _process(run, 1)
    assert _open_for_writing(other, folder) == {"worker.log"}
    assert _listening(_processes(run)) == {"127.0.0.1"}
    os.kill(other, signal.SIGKILL)
    assert wait_for_end(run) == "failed"
    assert run.state().sentence == (
        "One of the 2 processes of the run ended without a word (killed, or out of memory); "
        "worker.log may tell more. Resume the run to go on."
    )
    _wait_until_all_ended(run)
    assert len(run.status(0)) == len(run.epochs()) >= 1


def _by_hand(run: Run, port: int) -> list[subprocess.Popen[bytes]]:
    """Start the workers of two machines, as docs/several-devices.md tells; here both are this."""
    text = (PROJECT / "docs" / "several-devices.md").read_text(encoding="utf-8")
    line = next(item for item in text.splitlines() if item.startswith("torchrun --nnodes 2"))
    for given, ours in {
        "--nproc-per-node 4": "--nproc-per-node 1",
        "gpu-1": "127.0.0.1",
        "29400": str(port),
        "RUN": str(run.folder.path),
    }.items():
        assert given in line
        line = line.replace(given, ours)
    torchrun = [sys.executable, "-m", "torch.distributed.run"]
    both = [line.replace("--node-rank 0", f"--node-rank {number}") for number in (0, 1)]
    return [subprocess.Popen([*torchrun, *shlex.split(each)[1:]], cwd=PROJECT) for each in both]


@pytest.mark.slow
def test_workers_started_by_hand_on_two_machines_work_on_one_run(
    settings: dict[str, Any], two: Run
) -> None:
    run = jobs.create(parse(settings | {"devices": 2}))
    workers = _by_hand(run, 29400 + os.getpid() % 1000)
    try:
        assert [item.wait(timeout=120) for item in workers] == [0, 0]
    finally:
        for item in workers:
            item.kill()
            item.wait()
    assert run.state().state == "done"
    found, expected = digests(run), digests(two)
    parts = {name for name in expected if name != "files"}  # of which worker.log is none, here
    assert {name for name in parts if found[name] != expected[name]} == set()


def test_a_worker_that_lacks_the_others_says_how_they_are_started(
    settings: dict[str, Any], runs_root: Path
) -> None:
    run = Run(create_run(parse(settings | {"devices": 3}), runs_root))
    assert work_on(run) == 1
    assert run.state().state == "failed"
    assert run.state().sentence == (
        f"run {run.run_id} asks for 3 devices, but 1 process was started; start one for each "
        f"device: python -m mild.training.distributed.launch 3 {run.run_id}"
    )


def test_what_waits_for_several_processes_counts_as_queued_for_a_minute(
    settings: dict[str, Any], runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    class NoProcess:
        def __init__(self, words: list[str], **_: Any) -> None:
            started.append(words)

        def wait(self) -> None:
            pass

    monkeypatch.setattr(subprocess, "Popen", NoProcess)
    run = jobs.start(parse(settings | {"devices": 2}))
    assert started[0][1:] == jobs.command(str(run.folder.path), 2)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 50)
    assert run.state().state == "queued"
    monkeypatch.setattr(time, "time", lambda: now + 70)
    assert run.state().state == "interrupted"


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (
            {"devices": 2, "device": "cuda:1"},
            "the settings: 2 devices and the device 'cuda:1' do not go together; several devices "
            "are 'auto', 'cuda' or 'cpu'.",
        ),
        (
            {"devices": 4, "optimizer": {"batch_size": 3}},
            "the settings: a batch of 3 instances cannot be shared by 4 devices; ask for larger "
            "batches or fewer devices.",
        ),
    ],
)
def test_devices_that_cannot_work_together_are_told(
    asked: dict[str, dict[str, int] | int] | dict[str, int | str], problem: str
) -> None:
    with pytest.raises(ConfigError) as error:
        parse(asked)
    assert error.value.problems == [problem]
    assert RunConfig().devices == 1
