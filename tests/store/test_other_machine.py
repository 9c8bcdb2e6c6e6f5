"""A run is followed from another machine than the one that trains it, through a shared folder.

The other machine is one of its own name, in a UTS and a network namespace of its own: for what we
ask, how machines of a cluster look to each other. That a shared folder may be seen late is imitated
by taking the write-ahead log away, which is what must not be relied on there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mild import jobs
from mild.errors import RunError
from mild.store import lock
from mild.store.database import host, progress
from mild.store.run import Run, open_run
from mild.store.writer import RunWriter
from tests.conftest import PROJECT
from tests.runs_for_tests import live, write_run

_NAMESPACES = ("unshare", "--uts", "--net")
_LOOK = """
import dataclasses, json, sys
from pathlib import Path
from mild.store.overview import overview
from mild.store.run import open_run
run = open_run(sys.argv[2], Path(sys.argv[1]))
state, line = run.state(), overview(run)
print(json.dumps(dataclasses.asdict(state) | {
    "words": state.elsewhere, "epochs": len(run.epochs()), "rounds": len(run.rounds()),
    "events": [item.sentence for item in run.events()], "facts": run.facts(),
    "shown": [line.state, line.elsewhere], "status": run.status(0).shape[0],
}))
"""


TOO_LARGE = json.dumps({"state": {"columns": ["stage"], "rows": [[2**70]]}})
TOO_DEEP = f"{'[' * 100_000}{']' * 100_000}"


def _can_separate() -> bool:
    if shutil.which("unshare") is None:
        return False
    asked = [*_NAMESPACES, "sh", "-c", "hostname login-node"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


elsewhere = pytest.mark.skipif(not _can_separate(), reason="needs leave to make namespaces")


def _seen_from_elsewhere(run: Run) -> dict[str, Any]:
    root, words = str(run.folder.path.parent), 'hostname login-node; exec "$@"'
    before = {path.name for path in run.folder.path.iterdir()}
    done = subprocess.run(
        [*_NAMESPACES, "sh", "-c", words, "sh", sys.executable, "-c", _LOOK, root, run.run_id],
        capture_output=True, text=True, cwd=PROJECT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {path.name for path in run.folder.path.iterdir()} <= before  # a reader leaves nothing
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@elsewhere
def test_a_run_is_followed_from_another_machine_epoch_by_epoch(runs_root: Path) -> None:
    run = write_run(runs_root, n=60, until="training")
    with live(run, beat=True):
        until = time.monotonic() + 10 * progress.LEAST_SECONDS
        while (seen := _seen_from_elsewhere(run))["events"][-1] != "At work.":
            assert time.monotonic() < until
    assert seen["words"] == f"At work on {host.machine()}."
    assert seen["shown"] == ["training", seen["words"]]
    assert (seen["epochs"], seen["rounds"]) == (len(run.epochs()), 1)
    assert seen["status"] == 8
    assert seen["facts"] == run.facts()
    assert seen["pid"] == 0  # its number means nothing there


@elsewhere
def test_a_worker_that_is_killed_elsewhere_is_gone_once_it_was_not_heard_from(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=60, until="training")
    with live(run, beat=True) as pid:
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert run.state().state == "interrupted"  # on its own machine, at once
    assert _seen_from_elsewhere(run)["state"] == "training"  # there nobody can know yet
    _heard(run, time.time() - 5 * 60)
    seen = _seen_from_elsewhere(run)
    assert seen["state"] == "interrupted"
    assert seen["sentence"] == (
        f"Its worker on {host.machine()} was last heard from 5 min ago and seems to have ended; "
        f"every committed epoch is kept."
    )
    assert seen["epochs"] == len(run.epochs())


@elsewhere
def test_a_finished_run_is_read_from_anywhere_as_it_is(runs_root: Path) -> None:
    run = write_run(runs_root, n=60)
    seen = _seen_from_elsewhere(run)
    assert (seen["state"], seen["words"], seen["epochs"]) == ("done", "", len(run.epochs()))


def _heard(run: Run, when: float) -> None:
    found = json.loads(run.folder.progress.read_text())
    run.folder.progress.write_text(json.dumps(found | {"heard": when}))


@pytest.fixture
def away(runs_root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run at work on a machine of another name, seen from here without its log."""
    run = write_run(runs_root, n=60, until="training")
    writer = RunWriter(run.folder)
    writer.event("note", "At work.")
    found = json.loads(run.folder.progress.read_text()) | {"machine": "gpu-3", "user": "ann"}
    # The log's content, not its header.
    writer._open.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer._open._progress._closed.set()
    run.folder.progress.write_text(json.dumps(found))
    return open_run(run.run_id, runs_root)


def test_who_and_where_is_told(away: Run) -> None:
    state = away.state()
    assert (state.state, state.live, state.machine, state.user) == (
        "training", True, "gpu-3", "ann",
    )  # fmt: skip
    with pytest.raises(RunError) as error:
        jobs.stop(away)
    assert str(error.value) == (f"run {away.run_id} is at work on gpu-3 for ann; stop it there.")


def test_a_snapshot_that_somebody_edited_is_damage_or_passed_over(away: Run) -> None:
    found = json.loads(away.folder.progress.read_text())
    whole = json.dumps(found | {"tables": None})
    for tables in ('{"state": 3}', TOO_LARGE, TOO_DEEP):
        away.folder.progress.write_text(whole.replace("null", tables))
        with pytest.raises(RunError, match=r"run\.db cannot be read \(progress\.json"):
            away.epochs()
    for head in ({"heard": float("nan")}, {"heard": 10**400}, {"pid": float("inf")}):
        away.folder.progress.write_text(json.dumps(found | head))
        assert progress.read(away.folder.progress) is None
    away.folder.progress.write_text("[]")
    assert progress.read(away.folder.progress) is None
    assert len(away.epochs()) == 11  # run.db itself


def test_every_epoch_is_in_the_snapshot_soon(runs_root: Path) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    with_tables = progress.read(run.folder.progress)
    assert with_tables is not None
    assert not with_tables.at_work
    with progress.as_database(with_tables) as database:
        (n_epochs,) = database.execute("SELECT count(*) FROM epochs").fetchone()
    assert n_epochs == len(run.epochs())
    assert run.folder.progress.stat().st_size < 20_000


def test_who_put_a_run_into_the_queue_is_never_taken_for_its_worker(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a request to stop would end the dashboard: the last snapshot is of its process."""
    run = write_run(runs_root, n=60, until="training")
    written = progress.read(run.folder.progress)
    assert written is not None
    assert (written.pid, written.at_work) == (os.getpid(), False)
    monkeypatch.setattr(lock, "ask", lambda _: lock.Answer("held"))
    assert run.state().pid is None
