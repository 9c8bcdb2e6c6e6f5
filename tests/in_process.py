"""Commands and workers done in this process, where that they are processes is not the point.

To start Python and import what a command needs takes half a second, PyTorch three.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from mild.cli.main import main
from mild.store.folder import RunFolder
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.training import worker
from mild.training.runtime.stop import Stop

Done = CompletedProcess[str]


def command(words: list[str], *, cwd: Path | None = None) -> Done:
    """What `python -m mild` with these words prints, and its exit status."""
    with patch.object(sys, "argv", ["mild", *words]), _standing_in(cwd):
        return _done(words, main)


def worker_process(words: list[str]) -> Done:
    """What `python -m mild.training.worker` prints where it is refused a run, and its exit status.

    Not for a run whose lock is free: the worker keeps the lock until its process ends.
    """
    with _signals_as_they_were():
        return _done(words, lambda: sys.exit(worker.main(words)))


def work(folder: RunFolder) -> None:
    """Put in the place of `mild.jobs.workers.launch`: the worker is done when it returns."""
    work_on(Run(folder))


def work_on(run: Run) -> int:
    """Do what a worker does with a run, holding its lock; its exit status."""
    lock = RecordLock(run.folder.lock)
    assert lock.acquire()
    try:
        return worker._context(run, lock, Stop())
    finally:
        lock.release()


def _done(words: list[str], program: Callable[[], None]) -> Done:
    out, problems, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        try:
            program()
        except SystemExit as end:
            status = int(end.code or 0)
    return Done(words, status, out.getvalue(), problems.getvalue())


@contextlib.contextmanager
def _standing_in(folder: Path | None) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder or before)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _signals_as_they_were() -> Iterator[None]:
    """Afterwards: a worker takes the requests to end for itself."""
    kinds = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
