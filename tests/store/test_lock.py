"""The lock: the kernel's word on whether a worker is alive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mild.store.lock import RecordLock, ask, holder
from tests.conftest import PROJECT

_HOLD = """
import sys
from pathlib import Path
from mild.store.lock import RecordLock
lock = RecordLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
lock.release()
print("released", flush=True)
sys.stdin.close()
"""


@contextmanager
def _another_process(path: Path) -> Iterator[tuple[subprocess.Popen[str], bool]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    try:
        yield process, process.stdout.readline() == "True\n"
    finally:
        process.kill()
        process.communicate()


def test_who_holds_the_lock_is_named_by_the_kernel(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    assert holder(path) is None
    with _another_process(path) as (process, acquired):
        assert acquired
        assert holder(path) == process.pid


def test_the_lock_is_not_taken_twice(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with _another_process(path) as (process, _):
        assert not RecordLock(path).acquire()
        with _another_process(path) as (_, acquired_again):
            assert not acquired_again
        assert holder(path) == process.pid  # who failed to take it did not free it


def test_the_lock_is_free_after_kill_9_even_of_a_process_nobody_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with _another_process(path) as (process, _):
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie: its pid still exists
        os.kill(process.pid, 0)
        assert holder(path) is None
        lock = RecordLock(path)
        assert lock.acquire()
        lock.release()


def test_a_released_lock_is_free_while_its_process_lives(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    lock = RecordLock(path)
    lock.release()  # not held: nothing happens
    assert lock.acquire()
    with _another_process(path) as (_, acquired):
        assert not acquired
    lock.release()
    with _another_process(path) as (_, acquired):
        assert acquired


def test_a_process_id_in_a_lock_file_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    path.write_text(str(os.getpid()))
    assert holder(path) is None


def test_the_holder_may_ask_and_still_holds_it(tmp_path: Path) -> None:
    """The kernel would release a lock whose file its holder opens and closes once more."""
    path = tmp_path / "run.lock"
    held = RecordLock(path)
    assert held.acquire()
    assert holder(path) == os.getpid()
    assert holder(tmp_path / "." / "run.lock") == os.getpid()
    assert not RecordLock(path).acquire()
    assert _asked_elsewhere(path) == str(os.getpid())
    held.release()
    assert holder(path) is None
    assert _asked_elsewhere(path) == "None"


def _asked_elsewhere(path: Path) -> str:
    code = (
        "import sys; from pathlib import Path; from mild.store.lock import holder; "
        "print(holder(Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, cwd=PROJECT, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is the record lock alone")
def test_a_reader_in_the_same_process_does_not_lose_the_lock(tmp_path: Path) -> None:
    """A record lock would be gone once any descriptor of its file is closed."""
    path = tmp_path / "run.lock"
    held = RecordLock(path)
    assert held.acquire()
    path.read_bytes()
    shutil.copy(path, tmp_path / "copy.lock")
    with _another_process(path) as (_, acquired):
        assert not acquired
    assert _asked_elsewhere(path) == "None"  # nobody can say who holds it
    held.release()
    assert _asked_elsewhere(path) == "None"


def test_a_fork_does_not_keep_the_lock_of_a_process_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = (
        "import os, sys, time; from pathlib import Path; from mild.store.lock import RecordLock\n"
        "RecordLock(Path(sys.argv[1])).acquire()\n"
        "if os.fork() == 0: print(os.getpid(), flush=True)\n"  # let go before its first line
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        assert ask(path).held == "held"
        process.kill()
        process.wait()
        os.kill(child, 0)  # it lives on
        assert ask(path).held == "free"
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_a_lock_of_an_earlier_version_and_one_of_today_refuse_each_other(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = (
        "import fcntl, os, sys; file = open(sys.argv[1], 'a+b')\n"
        "fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB); print(os.getpid(), flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as before:
        assert before.stdout is not None
        before.stdout.readline()
        assert holder(path) == before.pid
        assert not RecordLock(path).acquire()
        before.kill()
    held = RecordLock(path)
    assert held.acquire()
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, check=False, text=True
    )
    assert "BlockingIOError" in done.stderr
    held.release()


def test_runs_are_read_and_locked_where_there_is_no_fcntl(tmp_path: Path) -> None:
    """With a stand-in for Windows' own module, which locks a byte of an open file."""
    (tmp_path / "msvcrt.py").write_text(
        "LK_NBLCK, LK_UNLCK, held = 2, 0, {}\n"
        "import os\n"
        "def locking(descriptor, how, n):\n"
        "    key = os.fstat(descriptor).st_ino\n"
        "    if how == LK_NBLCK and key in held: raise OSError('locked')\n"
        "    held.pop(key, None) if how == LK_UNLCK else held.setdefault(key, descriptor)\n"
    )
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from pathlib import Path\n"
        "from mild.store import lock; from mild.store.run import all_runs\n"
        "from mild.store.lock import windows\n"
        "path = Path(sys.argv[1]); held = lock.RecordLock(path)\n"
        "print(lock.ask(path).held, held.acquire(), lock.ask(path).held, windows.ask(path).held)\n"
        "print(windows.acquire(path), held.release(), lock.ask(path).held, all_runs(path.parent))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "run.lock")],
        capture_output=True, text=True, check=False, cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"},
    )  # fmt: skip
    assert done.stdout == "free True held held\nNone None free []\n", done.stderr
