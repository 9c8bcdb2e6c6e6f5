"""A break leaves no trace: killed anywhere and resumed, a run comes to the same to the bit."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild import jobs
from mild.config import parse
from mild.errors import RunError
from mild.jobs import workers
from mild.store.database import connect, tables
from mild.store.files import arrays
from mild.store.files.rows import RowWriter
from mild.store.folder import RunFolder
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.models import file as model_file
from mild.training.runtime import checkpoint
from mild.training.runtime.stop import Stopped
from tests.conftest import PROJECT
from tests.in_process import work_on
from tests.runs_for_tests import Until, live, write_run
from tests.training.resumable import LARGE, StopAfter, config, digests, files, prepared, train
from tests.training.test_worker import TINY, wait_for_end, wait_for_epoch

N_KILLS = 20
N_SIMULATED = 100


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that is killed by an exception leaves run.db open in this process: nobody waits."""
    monkeypatch.setattr(connect, "CLOSE_SECONDS", 0.05)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained without a break."""
    return train(create_run(config(), tmp_path_factory.mktemp("whole") / "runs"))


@pytest.mark.slow
def test_a_killed_run_resumes_bit_for_bit(runs_root: Path) -> None:
    """SIGKILL at twenty random moments, up to five in one run."""
    command = [sys.executable, "-W", "error", "-m", "tests.training.resumable"]
    done = subprocess.run(
        [*command, str(runs_root), str(N_KILLS), str(os.getpid())],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    trials = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(len(trial["killed"]) for trial in trials) >= N_KILLS
    assert [trial for trial in trials if trial["differing"]] == []


def _at_call(owner: Any, name: str, count: int, *, after: bool = False) -> Callable[..., Any]:
    """Patch a function so that its call number `count` is the last thing that happens."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original, calls = getattr(owner, name), []

        def dying(*arguments: Any, **named: Any) -> Any:
            calls.append(name)
            if len(calls) < count:
                return original(*arguments, **named)
            if after:
                original(*arguments, **named)
            raise Killed

        monkeypatch.setattr(owner, name, dying)

    return patch


MOMENTS = {
    "before the first epoch's rows": _at_call(RunWriter, "end_epoch", 1),
    "between two rows": _at_call(RowWriter, "append", 7),
    "between rows and checkpoint": _at_call(torch, "save", 3),
    "between checkpoint and commit": _at_call(tables, "insert", 2),
    "between a round's last checkpoint and its network": _at_call(RunWriter, "keep_network", 1),
    "between a round's network and its commit": _at_call(RunWriter, "keep_network", 1, after=True),
    "before the selection": _at_call(RunWriter, "propose", 1),
    "between scores and selection": _at_call(arrays, "save_npz", 2),
    "between selection and its commit": _at_call(RunWriter, "propose", 1, after=True),
    "between two rounds": _at_call(RunWriter, "end_round", 1, after=True),
    "while the next round's files are made": _at_call(RowWriter, "__init__", 6),
    "before the next round's first epoch": _at_call(RunWriter, "begin_round", 2, after=True),
    "between the last round and the final stage": _at_call(RunWriter, "end_round", 2, after=True),
    "in the final stage": _at_call(torch, "save", 8, after=True),
    "after the last epoch": _at_call(RunWriter, "end_epoch", 9, after=True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_whatever_two_writes_a_kill_comes_between_nothing_differs(
    runs_root: Path, whole: Run, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_run(config(), runs_root)
    with monkeypatch.context() as patch:
        MOMENTS[moment](patch)
        with pytest.raises(Killed):
            train(folder)
    before = Run(folder).epochs()
    resumed = train(folder)
    assert resumed.epochs()[: len(before)] == before  # what readers saw stays
    assert digests(resumed) == digests(whole)


WRITES = ((os, "fsync"), (os, "replace"), (tables, "insert"))
"""A file is made sure of, or takes another's place, or rows get into the database."""


def _count_writes(patch: pytest.MonkeyPatch, last: int) -> list[str]:
    """Names of what is written from here on; before number `last`, the process ends."""
    done: list[str] = []

    def counted(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def write(*arguments: Any, **named: Any) -> Any:
            if len(done) + 1 == last:
                raise Killed
            done.append(name)
            return original(*arguments, **named)

        return write

    for owner, name in WRITES:
        patch.setattr(owner, name, counted(name, getattr(owner, name)))
    return done


def _dies(folder: RunFolder, before: int) -> bool:
    """Train until so many writes; False where it is done with fewer."""
    with pytest.MonkeyPatch.context() as patch:
        _count_writes(patch, before)
        try:
            train(folder)
        except Killed:
            return True
    return False


def test_killed_before_any_of_its_writes_ten_times_in_a_run_nothing_differs(
    runs_root: Path, whole: Run
) -> None:
    """A hundred kills, each before a write drawn at random."""
    with pytest.MonkeyPatch.context() as patch:
        written = _count_writes(patch, 0)
        train(create_run(config(), runs_root))
    assert set(written) == {name for _, name in WRITES}
    n_writes = len(written)
    chance, n_kills = random.Random(os.getpid()), 0
    while n_kills < N_SIMULATED:
        folder = create_run(config(), runs_root)
        moments = [chance.randint(1, n_writes // 4) for _ in range(10)]
        n_kills += sum(_dies(folder, moment) for moment in moments)
        assert digests(train(folder)) == digests(whole), moments


def test_a_run_stopped_in_the_middle_of_an_epoch_goes_on_from_the_one_before(
    runs_root: Path, whole: Run
) -> None:
    folder = create_run(config(), runs_root)
    with pytest.raises(Stopped):
        train(folder, StopAfter(folder, 6))
    assert len(Run(folder).epochs()) == 6
    assert digests(train(folder)) == digests(whole)


def test_a_resumed_run_leaves_no_half_written_file(runs_root: Path, whole: Run) -> None:
    folder = create_run(config(), runs_root)
    with pytest.MonkeyPatch.context() as patch:
        _at_call(torch, "save", 2)(patch)
        with pytest.raises(Killed):
            train(folder)
    (folder.path / "checkpoint" / ".state.pt.1.tmp").write_bytes(b"half")
    (folder.round(0) / ".current.npy.1.tmp").write_bytes(b"half")
    assert files(train(folder).folder.path) == files(whole.folder.path)


def _copy(run: Run, root: Path) -> Run:
    root.mkdir(parents=True, exist_ok=True)
    return Run(RunFolder(Path(shutil.copytree(run.folder.path, root / run.run_id))))


def test_later_epochs_of_a_copy_made_meanwhile_are_trained_again(
    runs_root: Path, whole: Run
) -> None:
    """`cp -r` on a running run copies the checkpoint first and run.db some epochs later."""
    copy = _copy(whole, runs_root)
    folder = create_run(config(), runs_root)
    with pytest.MonkeyPatch.context() as patch:
        _at_call(torch, "save", 3)(patch)
        with pytest.raises(Killed):
            train(folder)
    shutil.copyfile(folder.checkpoint, copy.folder.checkpoint)
    train(copy.folder)
    assert digests(copy) == digests(whole)


def test_a_run_db_older_than_the_checkpoint_is_refused(runs_root: Path, whole: Run) -> None:
    copy = _copy(whole, runs_root)
    folder = create_run(config(), runs_root)
    with pytest.MonkeyPatch.context() as patch:
        _at_call(torch, "save", 3)(patch)
        with pytest.raises(Killed):
            train(folder)
    shutil.copyfile(folder.database, copy.folder.database)
    with pytest.raises(RunError) as error:
        train(copy.folder)
    assert str(error.value) == (
        f"run {copy.run_id}: run.db is older than the checkpoint, which stands at epoch 2 of stage "
        "2; copy both from the same copy of the run, or start a new run."
    )


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_a_sentence(
    runs_root: Path, whole: Run, damage: bytes | None
) -> None:
    copy = _copy(whole, runs_root)
    path = copy.folder.checkpoint
    path.write_bytes(path.read_bytes()[:5000] if damage is None else damage)
    with pytest.raises(RunError) as error:
        train(copy.folder)
    assert str(error.value).startswith(f"{path} cannot be read (")
    assert str(error.value).endswith("); copy it back from a copy of the run, or start a new run.")


def test_a_checkpoint_is_never_unpickled(runs_root: Path, whole: Run) -> None:
    copy = _copy(whole, runs_root)
    torch.save({"version": 1, "network": torch.nn.Linear(1, 1)}, copy.folder.checkpoint)
    with pytest.raises(RunError, match="cannot be read"):
        checkpoint.load(copy.folder.checkpoint)


def test_the_model_of_a_run_can_be_used_elsewhere(whole: Run) -> None:
    model = model_file.load_model(whole)
    data = prepared()
    images = torch.from_numpy(data.test_images.read_all()).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        right = model(images).argmax(dim=1).numpy() == data.test_labels_M
    assert float(right.mean()) == pytest.approx(whole.epochs()[-1].test_accuracy)
    assert not model.training
    after_round = model_file.load_model(whole, 0)
    with torch.no_grad():
        right = after_round(images).argmax(dim=1).numpy() == data.test_labels_M
    assert float(right.mean()) == pytest.approx(whole.epochs()[3].test_accuracy)


def test_a_model_that_was_not_kept_is_a_sentence(runs_root: Path, whole: Run) -> None:
    with pytest.raises(RunError, match="no network was kept there; train, or resume, the run"):
        model_file.load_model(whole, 7)


def test_without_round_networks_a_run_takes_less_room_and_resumes_as_well(
    runs_root: Path, whole: Run
) -> None:
    run = train(create_run(config(keep_round_networks=False), runs_root))
    assert set(files(whole.folder.path)) - set(files(run.folder.path)) == {
        "rounds/000/network.pt",
        "rounds/001/network.pt",
    }
    weights = checkpoint.load(run.folder.checkpoint).network
    for name, item in checkpoint.load(whole.folder.checkpoint).network.items():
        assert torch.equal(item, weights[name])


@pytest.mark.slow
def test_a_real_run_paused_and_resumed_is_the_one_without_breaks(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: workers of its own, labels from instances.parquet, state and history."""
    tiny = parse(TINY.model_dump(mode="json") | {"rounds": [4, 2], "optimizer": LARGE})
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # as in this process
    whole_run = Run(create_run(tiny))
    assert work_on(whole_run) == 0
    run = jobs.start(tiny)
    wait_for_epoch(run, 2)
    jobs.stop(run)
    assert wait_for_end(run) == "stopped"
    stopped = run.state()
    jobs.resume(run)
    with pytest.raises(RunError, match="it goes on by itself"):
        jobs.resume(run)
    assert wait_for_end(run) == "done", run.state().sentence
    assert digests(run) == digests(whole_run)
    np.testing.assert_array_equal(run.instances().given_N, whole_run.instances().given_N)
    assert run.state().started == stopped.started
    kinds = [item.kind for item in run.events()]
    assert kinds.count("queued") == 1
    assert kinds[-1] == "done"


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        (
            "done",
            "there is nothing left to do; branch a new run from one of its rounds, or start one.",
        ),
        (
            "training",
            "it goes on by itself; only what was stopped, failed or interrupted is resumed.",
        ),
    ],
)
def test_a_run_that_is_done_or_at_work_is_not_resumed(
    runs_root: Path, until: Until, reason: str
) -> None:
    run = write_run(runs_root, until=until, n=60)
    with live(run), pytest.raises(RunError) as error:
        jobs.resume(run)
    assert str(error.value) == f"run {run.run_id} is {until}: {reason}"


def test_a_run_is_not_resumed_under_its_worker(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that began after the state was read still holds the run."""
    run = write_run(runs_root, until="stopped", n=60)
    monkeypatch.setattr(workers, "GOING_SECONDS", 0.1)
    with live(run), pytest.raises(RunError, match="another worker is at work on it; stop it first"):
        jobs.resume(run)
    assert run.recorded_state().state == "stopped"


def test_a_run_without_its_checkpoint_fails_with_a_sentence(runs_root: Path) -> None:
    run = write_run(runs_root, until="interrupted", n=60)
    jobs.resume(run)
    assert wait_for_end(run) == "failed"
    assert run.state().sentence == (
        f"run {run.run_id}: its checkpoint is missing, so it cannot go on; copy the folder "
        "'checkpoint' back from a copy of the run, or start a new run."
    )
    assert len(run.epochs()) == 11  # what was committed is kept


_DROPOUT = """
from torch import nn

def net(n_classes):
    return nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(192, n_classes))
"""


def test_layers_that_draw_at_random_go_on_where_they_were(runs_root: Path, tmp_path: Path) -> None:
    """Dropout draws from torch's global generator, whoever else has used it meanwhile."""
    (tmp_path / "net_with_dropout.py").write_text(_DROPOUT)
    own = config(model="net_with_dropout:net", model_folder=str(tmp_path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        whole = train(create_run(own, runs_root))
        folder = create_run(own, runs_root)
        for n_epochs in (2, 5, 8):
            with pytest.raises(Stopped):
                train(folder, StopAfter(folder, n_epochs))
            torch.rand(7)
        assert digests(train(folder)) == digests(whole)
