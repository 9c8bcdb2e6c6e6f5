"""What no case may do, whatever it is fed: run code, write elsewhere, hang, or eat the memory."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 10.0
"""Of processor time that one case may take."""
PATIENCE = 6
"""How much longer it may take by the clock: others work on the machine, too."""
MORE_BYTES = 3 * 2**30
"""Of address space beyond what is taken when a kind begins; more is a `MemoryError`."""
_FORBIDDEN = ("pickle.find_class", "os.system", "subprocess.Popen", "socket.connect", "os.exec")
_WRITING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
            "os.truncate", "shutil.rmtree")  # fmt: skip


class ForbiddenError(BaseException):
    """The case did what no input may make it do."""


class TooSlowError(BaseException):
    """The case took longer than SECONDS."""


_inside: Path | None = None
_hooked = False


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Until the end, whoever writes outside of `folder`, or runs something, is stopped there."""
    global _inside
    _hook()
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    _inside = folder.resolve()
    try:
        with _bounded_memory():
            yield
    finally:
        _inside, tempfile.tempdir = None, before


@contextlib.contextmanager
def bounded_time(seconds: float = SECONDS) -> Iterator[None]:
    """A case that does not come to its end is stopped."""
    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, seconds),
              (signal.ITIMER_REAL, signal.SIGALRM, PATIENCE * seconds))  # fmt: skip
    before = [signal.signal(alarm, _too_slow) for _, alarm, _ in clocks]
    for clock, _, most in clocks:
        signal.setitimer(clock, most)
    try:
        yield
    finally:
        for (clock, alarm, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0)
            signal.signal(alarm, handler)


def peak_megabytes() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextlib.contextmanager
def _bounded_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _too_slow(number: int, frame: FrameType | None) -> None:
    by_clock = number == signal.SIGALRM
    raise TooSlowError(
        f"more than {PATIENCE * SECONDS if by_clock else SECONDS:.0f} s"
        f"{'' if by_clock else ' of processor time'}"
    )


def _hook() -> None:
    """Python keeps a hook for ever, so there is one, and it looks at `_inside`."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_heard)
        _hooked = True


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if _inside is None:
        return
    if event.startswith(_FORBIDDEN):
        raise ForbiddenError(f"{event} {arguments!r}"[:300])
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR) if mode is None else set("wax+") & set(mode)
        if writes and not isinstance(path, int):
            _check(path)
    elif event in _WRITING:
        _check(arguments[0])


def _check(path: Any) -> None:
    place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - follows no link
    if _inside is not None and not place.is_relative_to(_inside) and place != Path("/dev/null"):
        raise ForbiddenError(f"writes to {place}")
