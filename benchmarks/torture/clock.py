"""A clock that can be set back, for this process and those that it starts, and for nobody else.

It is Python's `time.time`, replaced where an interpreter begins; files get the real time. A clock
for whole processes (libfaketime 0.9.10) was tried: once set back, Python can no longer sleep by it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHAT = "Python's time.time, replaced"
_SEAM = """import os, time
_real, _file = time.time, os.environ["TORTURE_CLOCK"]
def _now():
    with open(_file) as file:
        return _real() + float(file.read())
time.time = _now
"""


class Clock:
    """What the clock shows beside the real time, in seconds."""

    def __init__(self, folder: Path) -> None:
        self._file, self._seam = folder / "clock", folder / "seam"
        self._seam.mkdir()
        (self._seam / "sitecustomize.py").write_text(_SEAM)
        self.set(0)

    def set(self, seconds: float) -> None:
        """Let it be so many seconds later than it is; earlier if negative."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds}")
        draft.replace(self._file)
        self.seconds = seconds

    @contextmanager
    def worn(self) -> Iterator[None]:
        """This process has the clock, and so has every process that it starts meanwhile."""
        real, path = time.time, os.environ.get("PYTHONPATH")
        time.time = lambda: real() + self.seconds
        os.environ["TORTURE_CLOCK"] = str(self._file)
        os.environ["PYTHONPATH"] = f"{self._seam}:{path or ''}"
        try:
            yield
        finally:
            self.set(0)
            time.time = real
            del os.environ["TORTURE_CLOCK"], os.environ["PYTHONPATH"]
            if path is not None:
                os.environ["PYTHONPATH"] = path
