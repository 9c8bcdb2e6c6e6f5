"""A clock that can be set back, for this process and the workers it starts, and for nobody else.

With libfaketime it is the clock of the system as a process sees it; without, it is Python's own,
replaced when an interpreter begins. Files get the real time either way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1")
_SEAM = """import os, time
_real, _file = time.time, os.environ["TORTURE_CLOCK"]
def _now():
    with open(_file) as file:
        return _real() + float(file.read().strip("s\\n") or 0)
time.time = _now
"""


class Clock:
    """What the clock shows beside the real time, in seconds."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._seam = folder / "seam"
        found = [path for pattern in _LIBRARIES for path in Path("/").glob(pattern[1:])]
        self._library = str(found[0]) if found else None
        self.set(0)

    @property
    def what(self) -> str:
        """Which clock it is, in words."""
        return "libfaketime" if self._library else "Python's time.time, replaced"

    def set(self, seconds: float) -> None:
        """Let it be so many seconds later than it is; earlier if negative."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+.0f}s\n")
        draft.replace(self._file)
        self.seconds = seconds

    @contextmanager
    def worn(self) -> Iterator[None]:
        """This process has the clock, and so has every process that it starts meanwhile."""
        real, before = time.time, dict(os.environ)
        time.time = lambda: real() + self.seconds
        os.environ |= self._environment()
        try:
            yield
        finally:
            time.time = real
            os.environ.clear()
            os.environ.update(before)

    def _environment(self) -> dict[str, str]:
        if self._library:
            return {
                "LD_PRELOAD": self._library,
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        self._seam.mkdir(exist_ok=True)
        (self._seam / "sitecustomize.py").write_text(_SEAM)
        path = os.environ.get("PYTHONPATH", "")
        return {"PYTHONPATH": f"{self._seam}:{path}", "TORTURE_CLOCK": str(self._file)}
