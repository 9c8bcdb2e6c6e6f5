"""A worker's process ends with its status, after everybody else had a turn, and at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import atexit, sys
from mild.training.runtime.exit import WorkerExit
ending = WorkerExit()
atexit.register(print, "a handler")
class Unloaded:
    def __del__(self):
        sys.__stderr__.write("unloaded")
kept = Unloaded()
print("begun")
"""


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [("ending.status = 0", 0, ""), ("ending.status = 3", 3, ""), ("1 / 0", 1, "Traceback")],
)
def test_the_last_to_leave_keeps_the_status_and_unloads_nothing(
    end: str, status: int, said: str
) -> None:
    words = [sys.executable, "-c", _PROGRAM + end]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "begun\na handler\n")
    assert done.stderr.startswith(said)
    assert "unloaded" not in done.stderr
