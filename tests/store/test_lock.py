"""The lock: the kernel's word on whether a worker is alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mild.store.lock import RecordLock, holder
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
