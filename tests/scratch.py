"""Where tests write: in memory, if there is plenty, in place of a disk that is waited for.

A run makes sure of every epoch that it is on the disk; hundreds of runs, for tests that are no
longer there a minute later, waited longer for the disk than they took. Everything is gone at the
end. Set TMPDIR to a folder of your own, and what tests wrote is there afterwards.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

SHARED_MEMORY = Path("/dev/shm")
PREFIX = "mild-tests-"
ENOUGH = 4 * 2**30
"""Bytes; the largest installation that a test makes takes one."""


def begin() -> Path | None:
    """Let temporary files be made in memory, here and in what is started from here; tell where."""
    if "TMPDIR" in os.environ or not _roomy():
        return None
    _remove_what_a_killed_one_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=SHARED_MEMORY))
    folder.chmod(0o755)  # one test looks at a run as another user
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def end(folder: Path) -> None:
    """Remove it, with all that was left there."""
    del os.environ["TMPDIR"]
    tempfile.tempdir = None
    shutil.rmtree(folder, ignore_errors=True)


def _roomy() -> bool:
    if not SHARED_MEMORY.is_dir() or psutil.virtual_memory().available < ENOUGH:
        return False
    disk = os.statvfs(SHARED_MEMORY)
    return disk.f_bavail * disk.f_frsize >= ENOUGH and not disk.f_flag & os.ST_NOEXEC


def _remove_what_a_killed_one_left() -> None:
    for folder in SHARED_MEMORY.glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
