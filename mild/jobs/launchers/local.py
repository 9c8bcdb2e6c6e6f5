"""Workers on this machine: one process at once for one run, one line for many.

A worker is a process of its own, in a session of its own: it outlives page, server and terminal. It
waits itself until its device is free. Of many runs only the first has a process that waits: a line
(`mild.jobs.launchers.line`) starts one worker after another.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence

from mild.errors import RunError
from mild.installation import IS_CLONE, TOP_LEVEL
from mild.store.folder import RunFolder
from mild.store.job import IN_LINE, Job, forget_job, write_job
from mild.store.lock import ask
from mild.store.run import LAUNCH_SECONDS, Run
from mild.store.writing.log import open_log

SEVERAL_SECONDS = 60.0
"""How long it may take until the first of several processes has the run's lock."""
LINES = ".lines"
"""The folder of the locks of lines, in the runs folder."""


class Local:
    """The launcher that needs nothing."""

    name = "local"

    def submit(self, folders: Sequence[RunFolder]) -> None:
        """Start a worker for a run, or a line for many."""
        if len(folders) == 1:
            forget_job(folders[0])
            _wait_for(start_worker(folders[0]))
        elif folders:
            _start_line(folders)

    def cancel(self, job: Job) -> None:
        """Do nothing: who waits in line is passed over once it is no longer queued."""

    def states(self, jobs: Collection[Job]) -> dict[str, str]:
        """Tell whether the line that a run waits in is there; its job's id is the line's lock."""
        return {}


def start_worker(
    folder: RunFolder, *, own_session: bool = True, **environment: str
) -> subprocess.Popen[bytes]:
    """Start the worker of a run; for several devices, one for each."""
    n = Run(folder).config().devices
    patience = SEVERAL_SECONDS if n > 1 else LAUNCH_SECONDS
    launched = time.time() + patience - LAUNCH_SECONDS
    folder.lock.touch()
    # Tells readers that a worker is about to take the lock; by their clock, not the disk's.
    os.utime(folder.lock, (launched, launched))
    settings = dict(os.environ) | {"PYTHONUNBUFFERED": "1"} | environment
    if not IS_CLONE:  # only in a clone does the package lie where the worker starts
        settings["PYTHONSAFEPATH"] = "1"
    # Threads that spin while they wait made an epoch twenty times slower on a busy machine.
    settings.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if n > 1:
        settings.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // n)))
    return _process(command(str(folder.path), n), folder, settings, own_session)


def command(run: str, n: int) -> list[str]:
    """Return what Python is given to start `n` workers of this machine on a run."""
    if n == 1:
        return ["-m", "mild.training.worker", run]
    return ["-m", "mild.training.distributed.launch", str(n), run]


def _process(
    words: Sequence[str], folder: RunFolder, environment: Mapping[str, str], own_session: bool
) -> subprocess.Popen[bytes]:
    with open_log(folder) as log:
        return subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=own_session,
            cwd=TOP_LEVEL,
            env=environment,
        )


def _start_line(folders: Sequence[RunFolder]) -> None:
    root = folders[0].path.parent
    lock = f"{LINES}/{secrets.token_hex(4)}.lock"
    try:
        (root / LINES).mkdir(exist_ok=True)
        for folder in folders:
            write_job(folder, Job(launcher=IN_LINE, id=lock))
    except OSError as error:
        raise RunError(f"runs folder {root} cannot be written ({error.strerror}).") from error
    words = ["-m", "mild.jobs.launchers.line", str(root / lock), *(str(f.path) for f in folders)]
    environment = dict(os.environ)
    if not IS_CLONE:
        environment["PYTHONSAFEPATH"] = "1"
    _wait_for(_process(words, folders[0], environment, own_session=True))
    until = time.monotonic() + LAUNCH_SECONDS
    while ask(root / lock).held == "free" and time.monotonic() < until:
        time.sleep(0.02)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Wait for a child in the background, or it stays as a zombie for as long as we live."""
    threading.Thread(target=process.wait, daemon=True).start()
