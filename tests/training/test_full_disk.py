"""A full disk or a removed folder ends a run with a sentence; what was committed is kept."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild.config import parse
from mild.core.dynamics import unpack_status
from mild.store.database import tables
from mild.store.files import arrays
from mild.store.files.rows import RowWriter
from mild.store.lifecycle.requeue import requeue
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from tests.in_process import work_on
from tests.training.resumable import digests, files

TINY = parse(
    {
        "name": "tiny",
        "device": "cpu",
        "noise": {"model": "symmetric", "rate": 0.4},
        "rounds": [2, 2],
        "optimizer": {"batch_size": 512},
        "augmentation": {"crop_padding": 1, "flip": False},
        "selection": {"min_removed_share": 0.0},
        "final": {"epochs": 1},
    }
)
FULL = (
    "The disk is full: make room, then resume the run. "
    "Everything up to the last committed epoch is kept."
)


def _context(run: Run) -> int:
    """What the worker's process does, in this one."""
    return work_on(run)


def _resume(run: Run) -> None:
    requeue(run.folder, patience=0)
    assert _context(run) == 0, run.state().sentence


def _check_readable(run: Run) -> None:
    for stage in range(run.rounds_begun()):
        n = len(run.index(stage))
        memorized_EN = unpack_status(run.status(stage), n)
        own_N = ~run.planted(stage).mask(n)
        shares = [item.memorized_share for item in run.epochs() if item.stage == stage]
        np.testing.assert_allclose(memorized_EN[:, own_N].mean(axis=1), shares, rtol=1e-6)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(create_run(TINY, tmp_path_factory.mktemp("whole") / "runs"))
    assert _context(run) == 0, run.state().sentence
    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of its own, of a size that can be changed."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(size: str) -> Path:
        again = "remount," if disk.is_mount() else ""
        command = ["mount", "-t", "tmpfs", "-o", f"{again}size={size}", "tmpfs", str(disk)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        return disk

    yield mount
    if disk.is_mount():
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_run_on_a_full_disk_fails_with_a_sentence_and_goes_on_once_there_is_room(
    small_disk: Callable[[str], Path], whole: Run
) -> None:
    root = small_disk("3m")
    run = Run(create_run(TINY, root))
    assert _context(run) == 1
    assert run.state().state == "failed"
    assert run.state().sentence == FULL
    n_before = len(run.epochs())
    assert 1 <= n_before < 5
    _check_readable(run)
    small_disk("40m")
    _resume(run)
    assert digests(run) == digests(whole)
    assert run.state().state == "done"


def test_a_disk_without_any_room_leaves_what_was_committed(
    small_disk: Callable[[str], Path], whole: Run
) -> None:
    """Somebody else takes the room that was set aside, too."""
    root = small_disk("40m")
    run = Run(create_run(TINY, root))
    filler = root / "filler"

    def fill(*_: Any) -> None:
        if len(run.epochs()) == 2:
            run.folder.reserve.unlink(missing_ok=True)
            with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
                while True:  # until there is none
                    file.write(b"." * 4096)

    with pytest.MonkeyPatch.context() as patch:
        original = RunWriter.end_epoch

        def end_epoch(writer: RunWriter, *arguments: Any, **named: Any) -> None:
            fill()
            original(writer, *arguments, **named)

        patch.setattr(RunWriter, "end_epoch", end_epoch)
        assert _context(run) == 1
    _check_readable(run)
    assert len(run.epochs()) == 2
    filler.unlink()
    _resume(run)
    assert digests(run) == digests(whole)


def _full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _full_database(*_: Any, **__: Any) -> Any:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("owner", "name", "fails", "count"),
    [
        (RowWriter, "_write", _full, 20),
        (torch, "save", _full, 3),
        (tables, "insert", _full_database, 2),
        (arrays, "save_npz", _full, 2),
    ],
)
def test_whatever_write_finds_no_room_the_run_can_go_on(
    runs_root: Path,
    whole: Run,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    fails: str,
    count: int,
) -> None:
    original, calls = getattr(owner, name), []

    def limited(*arguments: Any, **named: Any) -> Any:
        calls.append(name)
        return fails() if len(calls) >= count else original(*arguments, **named)

    run = Run(create_run(TINY, runs_root))
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, limited)
        assert _context(run) == 1
    assert (run.state().state, run.state().sentence) == ("failed", FULL)
    _check_readable(run)
    _resume(run)
    assert digests(run) == digests(whole)


def test_a_disk_that_is_full_before_the_run_is_opened_is_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(create_run(TINY, tmp_path))

    def full(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("mild.store.database.connect.begin_log", full)
    assert _context(run) == 1
    assert capsys.readouterr().err == (
        "The run cannot be written (database or disk is full): "
        "make its folder writable, or room on its disk.\n"
    )


@pytest.mark.parametrize(
    "behind", [OSError(errno.EIO, "Input/output error"), sqlite3.OperationalError("disk I/O error")]
)
def test_a_disk_that_fails_is_named_whatever_torch_makes_of_it(
    behind: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(create_run(TINY, tmp_path))

    def fails(*_: object) -> None:
        try:
            raise behind
        finally:
            raise RuntimeError("[enforce fail at inline_container.cc:672]")

    monkeypatch.setattr("mild.training.worker._train", fails)
    assert _context(run) == 1
    assert run.state().sentence == (
        f"A disk fails ({getattr(behind, 'strerror', None) or behind}): see to it, then resume the "
        "run. Everything up to the last committed epoch is kept."
    )


def test_a_run_whose_folder_is_removed_ends_and_does_not_bring_it_back(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(create_run(TINY, runs_root))
    original = RunWriter.end_epoch

    def end_epoch(writer: RunWriter, *arguments: Any, **named: Any) -> None:
        original(writer, *arguments, **named)
        if len(run.epochs()) == 2:
            shutil.rmtree(run.folder.path)

    monkeypatch.setattr(RunWriter, "end_epoch", end_epoch)
    assert _context(run) == 1
    assert capsys.readouterr().err == (
        f"run {run.run_id}: its folder was removed while it was at work; it ends here.\n"
    )
    assert not run.folder.path.exists()


def test_the_room_set_aside_is_given_back(whole: Run) -> None:
    assert ".reserve" not in files(whole.folder.path)
