"""Runs outlive permissions: who may only read sees everything, and is told so kindly."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest

from mild.store.review import decisions
from mild.store.review.decision import Decision, Window
from mild.store.run import Run
from tests.conftest import PROJECT
from tests.runs_for_tests import live, write_run
from tests.store.test_archive import ARCHIVE, RUN_ID, unpack

_LOOK = """
import json, os, sys
from pathlib import Path
import pyarrow.parquet
from mild.errors import RunError
from mild.export.table import reviewed, table
from mild.report.page import make_report
from mild.store.notices import notices
from mild.store.overview import overview
from mild.store.review import decisions
from mild.store.review.decision import Decision, Window
from mild.store.run import all_runs, open_run

make_report(open_run("warm", Path(sys.argv[2])))  # what is imported late is imported now
table(reviewed(open_run("warm", Path(sys.argv[2]))))
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
found = {}
for run in all_runs(Path(sys.argv[1])):
    state = run.state()
    refused = ""
    try:
        decisions.decide(run.folder, {1: Decision("drop")}, Window("w", 0))
    except RunError as error:
        refused = str(error)
    found[run.run_id] = {
        "state": overview(run).state, "elsewhere": state.elsewhere, "pid": state.pid,
        "epochs": len(run.epochs()), "decided": len(decisions.decisions(run.folder)),
        "rows": len(table(reviewed(run))), "report": len(make_report(run)),
        "notices": notices(run), "refused": refused,
    }
print(json.dumps(found))
"""


def _open_to_all(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A runs folder that everybody may look into, unlike those that pytest makes."""
    if not _open_to_all(Path(pandas.__file__).parent):
        pytest.skip("another user may not read the libraries that are installed here")
    with tempfile.TemporaryDirectory(prefix="mild-shelf-") as place:
        Path(place).chmod(0o755)
        yield Path(place)


def look(root: Path, warm: Path) -> dict[str, dict[str, Any]]:
    """What somebody sees of every run who may write nothing; root looks as nobody."""
    warm.mkdir()
    run = write_run(warm, n=60)
    run.folder.path.rename(warm / "warm")
    places = [root, *root.rglob("*")]
    for path in places:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _LOOK, str(root), str(warm)],
            capture_output=True, text=True, cwd=PROJECT, check=False,
        )  # fmt: skip
    finally:
        for path in places:
            if path.exists():
                path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_run_that_may_only_be_read_opens_whole_and_says_so(shelf: Path, tmp_path: Path) -> None:
    run = write_run(shelf, n=60)
    decisions.decide(run.folder, {3: Decision("drop")}, Window("me", 0))
    unpack(ARCHIVE, shelf)
    files = {path.name for path in run.folder.path.iterdir()}
    assert not {"run.db-wal", "run.db-shm"} & files  # one plain file is left
    found = look(shelf, tmp_path / "warm")
    ours, old = found[run.run_id], found[RUN_ID]
    assert (ours["state"], ours["decided"], ours["rows"]) == ("done", 1, 60)
    assert (old["state"], old["rows"]) == ("done", 1438)
    for seen in (ours, old):
        assert seen["report"] > 10_000
        assert seen["notices"] == [
            "This run may only be read here: everything can be looked at and exported, but "
            "decisions are not kept. To decide, copy its folder to a place of your own."
        ]
        assert "may only be read here, so nothing can be decided about it" in seen["refused"]


def test_a_killed_run_opens_read_only_with_all_that_it_committed(
    shelf: Path, tmp_path: Path
) -> None:
    """Its log was not folded in; somebody may even have left out the index of the log."""
    run = write_run(shelf, n=60, until="training")
    with live(run, beat=True) as pid:
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert run.folder.database.with_name("run.db-wal").stat().st_size
        bare = shelf / "bare-20261128-120000-abcd"
        shutil.copytree(run.folder.path, bare)
        (bare / "run.db-shm").unlink()
        (bare / "progress.json").unlink()
        found = look(shelf, tmp_path / "warm")
    for seen in found.values():
        assert (seen["state"], seen["epochs"]) == ("interrupted", len(run.epochs()))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can look as somebody else")
def test_a_live_run_of_another_user_reads_as_live_and_says_whose(
    shelf: Path, tmp_path: Path
) -> None:
    run = write_run(shelf, n=60, until="training")
    with live(run, beat=True) as pid:
        seen = look(shelf, tmp_path / "warm")[run.run_id]
        assert (seen["state"], seen["pid"]) == ("training", pid)
        assert seen["elsewhere"] == "At work on this machine for root."


@pytest.mark.skipif(os.getuid() != 0, reason="only root can look as somebody else")
def test_a_lock_that_may_not_be_asked_is_no_lock_that_is_free(shelf: Path, tmp_path: Path) -> None:
    run = write_run(shelf, n=60, until="training")
    with live(run, beat=True):
        closed = f"Path({str(run.folder.lock)!r}).chmod(0)"
        code = (
            f"import os; from pathlib import Path; from mild.store.run import open_run; {closed}\n"
            f"run = open_run({run.run_id!r}, Path({str(shelf)!r}))\n"
            "os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
            "from mild.store import lock\n"
            "print(lock.ask(run.folder.lock).held, run.state().state, run.state().elsewhere)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=False
        )
        assert done.stdout == "unknown training At work on this machine for root.\n", done.stderr


def test_the_end_of_a_writer_leaves_plain_files(runs_root: Path) -> None:
    for until in ("queued", "training", "done"):
        run = write_run(runs_root, n=60, until=until)
        assert run.folder.database.read_bytes()[18:20] == b"\x01\x01"  # no log belongs to it
        assert not list(run.folder.path.glob("run.db-*"))
        assert isinstance(Run(run.folder).state().created, float)
