"""Which device trains, and whose turn it is on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mild.errors import DeviceError, RunError
from mild.store.lock import RecordLock, holder
from mild.store.run import Run, all_runs

if TYPE_CHECKING:
    import torch

POLL_SECONDS = 0.2


def choose_device(asked: str) -> tuple[torch.device, str]:
    """The device to train on, and why.

    Raises
    ------
    DeviceError
        If the device asked for is not there.
    """
    import torch

    if asked == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0), f"the GPU found here: {torch.cuda.get_device_name(0)}"
        return torch.device("cpu"), "no GPU found"
    device = torch.device(asked)
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there[device.type]:
        raise DeviceError(f"device {asked!r} is not on this machine; ask for 'auto' or 'cpu'.")
    return device, "as asked"


def lock_name(asked: str) -> str:
    """The name under which a device is locked; does not import torch, which costs seconds.

    `auto` is taken for the first GPU where the machine shows one.
    """
    if asked == "auto":
        return "cuda-0" if Path("/dev/nvidia0").exists() else "cpu"
    return "cuda-0" if asked == "cuda" else asked.replace(":", "-")


def wait_for_turn(run: Run, asked: str, stopping: Callable[[], bool]) -> RecordLock | None:
    """Wait until the device is free and no older run waits for it; None if stopped meanwhile."""
    folder = run.folder.path.parent / ".devices"
    folder.mkdir(exist_ok=True)
    path = folder / f"{lock_name(asked)}.lock"
    lock = RecordLock(path)
    while not stopping():
        # Cheapest first: while the device is taken, a long queue only looks at one file.
        if holder(path) is None and not _older_ones_wait(run, lock_name(asked)) and lock.acquire():
            return lock
        time.sleep(POLL_SECONDS)
    return None


@contextmanager
def lent(turn: RecordLock, check: Callable[[], None]) -> Iterator[None]:
    """Let other runs train meanwhile; then wait until the device is free again.

    What lies in the device's memory stays there. `check` raises where somebody asks for the end.
    """
    turn.release()
    yield
    while not turn.acquire():
        check()
        time.sleep(POLL_SECONDS)


def _older_ones_wait(run: Run, name: str) -> bool:
    mine = (run.recorded_state().created, run.run_id)
    for other in all_runs(run.folder.path.parent):
        if other.run_id == run.run_id:  # our own lock must not be asked about: see mild.store.lock
            continue
        try:
            state = other.state()
            older = (state.created, other.run_id) < mine
            waits = older and state.live and state.state == "queued"
            if waits and lock_name(other.config().device) == name:
                return True
        except RunError:  # damaged by hand: it cannot be waiting
            continue
    return False
