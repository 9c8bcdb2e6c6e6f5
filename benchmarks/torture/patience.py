"""Time as a busy machine gives it: what waits for a processor is late, and not at a standstill.

A try fails where something does not go on. How long that may take is told in seconds; those in
which one of our processes was ready and others had the processors do not count.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

PLACE = "mild-torture-"
"""How the folder of a bench begins: orphans are known by it, as by their parents the others."""
LOOK_SECONDS = 1.0
LEAST_SHARE = 0.1
"""Of a second that counts in any case: what hangs is found, if later."""


class Patience:
    """So many seconds of a machine that has a processor for us."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._looked, self._waited = time.monotonic(), waited_seconds()

    def gone(self) -> bool:
        """Whether they are over."""
        passed = time.monotonic() - self._looked
        if passed >= min(LOOK_SECONDS, self._left):
            waited = waited_seconds()
            longest = max(
                (waited[task] - self._waited.get(task, 0.0) for task in waited), default=0
            )
            self._left -= max(passed - longest, LEAST_SHARE * passed)
            self._looked, self._waited = self._looked + passed, waited
        return self._left <= 0


def waited_seconds() -> dict[int, float]:
    """How long each thread of ours has been ready without a processor; empty but on Linux."""
    found = {}
    for pid in _ours():
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended
                found[int(task.parent.name)] = int(task.read_text().split()[1]) / 1e9
    return found


def _ours() -> Iterator[int]:
    """This process, what it started, what that started; and who works in a folder of ours."""
    parents = {}
    for process in psutil.process_iter(["pid", "ppid", "cmdline"]):
        parents[process.pid] = process.info["ppid"]
        if any(PLACE in word for word in process.info["cmdline"] or ()):
            parents[process.pid] = os.getpid()
    for pid in parents:
        ancestor: int | None = pid
        while ancestor and ancestor != os.getpid():
            ancestor = parents.get(ancestor)
        if ancestor:
            yield pid
