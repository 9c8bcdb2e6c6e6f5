"""A run with links and pipes in place of its files: a sentence at once, and nothing elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from mild.errors import RunError
from mild.store.lock import RecordLock, ask
from mild.store.overview import overview
from mild.store.review import about
from mild.store.run import Run
from mild.store.writer import RunWriter, append_log
from tests.runs_for_tests import write_run

READ: dict[str, Callable[[Run], object]] = {
    "config.json": Run.config,
    "run.db": Run.epochs,
    "run.db-wal": Run.epochs,
    "instances.parquet": Run.instances,
    "held_out.parquet": Run.held_out,
    "held_out_thumbnails.npy": lambda run: run.thumbnails_of(np.array([45])),
    "rounds/000/index.npy": lambda run: run.index(0),
    "rounds/000/losses.npy": lambda run: run.losses(0),
    "rounds/000/scores.npz": lambda run: run.scores(0),
}
"""Files of a run, and who opens them."""
SAID = READ.keys() - {"held_out.parquet"}
"""Those that are missed, where there is none: a run may hold nothing out."""


@pytest.fixture
def run(runs_root: Path) -> Run:
    return write_run(runs_root, n=40, epochs=(3,), n_held_out=8)


def _linked(run: Run, name: str, tmp_path: Path) -> Path:
    """The file moved elsewhere, with a link to it in its place."""
    elsewhere, path = tmp_path / "elsewhere", run.folder.path / name
    if path.exists():
        path.replace(elsewhere)
    else:
        elsewhere.write_bytes(b"of somebody else\n")
    path.symlink_to(elsewhere)
    return elsewhere


@pytest.mark.parametrize("name", READ)
def test_a_link_is_not_followed_out_of_a_run(run: Run, name: str, tmp_path: Path) -> None:
    _linked(run, name, tmp_path)
    with pytest.raises(RunError, match=f"{Path(name).name} is a link, and a run has plain files"):
        READ[name](run)


@pytest.mark.parametrize("name", [*READ, "progress.json", "job.json", "worker.log", "run.lock"])
def test_nobody_waits_for_a_pipe_in_a_run(run: Run, name: str) -> None:
    path = run.folder.path / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    overview(run), ask(run.folder.lock), run.log_tail()
    if name in READ:
        with (
            pytest.raises(RunError, match="copy it back from a copy")
            if name in SAID
            else nullcontext()
        ):
            READ[name](run)


def test_what_a_worker_prints_goes_into_its_run_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    elsewhere = _linked(run, "worker.log", tmp_path)
    before = elsewhere.read_bytes()
    assert run.log_tail() == ""
    append_log(run.folder, "one more line")
    assert elsewhere.read_bytes() == before
    assert run.log_tail() == "one more line"


def test_nothing_is_written_through_a_link(run: Run, tmp_path: Path) -> None:
    elsewhere = _linked(run, "review.db", tmp_path)
    with pytest.raises(RunError, match=r"review\.db is a link"):
        about.rename(run.folder, "a name")
    assert elsewhere.read_bytes() == b"of somebody else\n"
    _linked(run, "run.lock", tmp_path)
    with pytest.raises(OSError, match="symbolic links"):
        RecordLock(run.folder.lock).acquire()
    _linked(run, "run.db", tmp_path)
    with pytest.raises(RunError, match=r"run\.db is a link"):
        RunWriter(run.folder)
