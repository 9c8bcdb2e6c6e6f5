"""Which device trains, and whose turn it is on it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mild.errors import DeviceError, RunError
from mild.store.database import host
from mild.store.lock import RecordLock, ask
from mild.store.run import Run, all_runs
from mild.training.distributed.rank import RankInfo
from mild.training.runtime import gpus

if TYPE_CHECKING:
    import torch

POLL_SECONDS = 0.2
ALONE = RankInfo()


def choose_device(asked: str, rank_info: RankInfo = ALONE) -> tuple[torch.device, str]:
    """Choose the device to train on, and say why; each process of a run has a GPU of its own.

    Raises
    ------
    DeviceError
        If the device asked for is not there.
    """
    import torch

    if asked == "auto" and not torch.cuda.is_available():
        if torch.backends.mps.is_available():
            return torch.device("mps"), "the GPU of this Apple machine"
        return torch.device("cpu"), "no GPU found"
    if rank_info.world_size > 1 and asked in ("auto", "cuda"):
        return _own_gpu(rank_info)
    if asked == "auto":
        return torch.device("cuda", 0), f"the GPU found here: {torch.cuda.get_device_name(0)}"
    device = torch.device(asked)
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there[device.type]:
        raise DeviceError(f"device {asked!r} is not on this machine; ask for 'auto' or 'cpu'.")
    return device, "as asked"


def _own_gpu(rank_info: RankInfo) -> tuple[torch.device, str]:
    import torch

    n_there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if n_there < rank_info.local_world_size:
        raise DeviceError(
            f"{rank_info.local_world_size} devices are asked for, but this machine has {n_there} "
            f"{'GPU' if n_there == 1 else 'GPUs'}; ask for fewer with --devices, or for the "
            "processor with --device cpu."
        )
    device = torch.device("cuda", rank_info.local_rank)
    torch.cuda.set_device(device)
    last = rank_info.local_world_size - 1
    return device, f"GPUs 0 to {last} of this machine, one for each process"


def gpu_uuids(device: torch.device, local_world_size: int = 1) -> list[str]:
    """Return UUIDs, as the driver has them, of the GPUs that the run trains on here.

    Empty where none trains. The numbers that CUDA gives a process say nothing to other processes.
    """
    import torch

    if device.type != "cuda":
        return []
    numbers = [device.index or 0] if local_world_size == 1 else range(local_world_size)
    known = (str(torch.cuda.get_device_properties(number).uuid) for number in numbers)
    return [f"GPU-{uuid.removeprefix('GPU-')}" for uuid in known]


def lock_names(asked: str, n: int = 1) -> tuple[str, ...]:
    """Name the locks of `n` devices, without importing torch, which costs seconds.

    `auto` is taken for GPUs where this process may use one. Processes on the processor share it.
    """
    seen = gpus.visible_gpus()
    if asked == "auto":
        asked = "cuda" if seen else "mps" if sys.platform == "darwin" else "cpu"
    kind, _, number = asked.partition(":")
    if kind != "cuda":
        return (kind,)
    wanted = [int(number)] if number else range(n)
    return tuple(seen[item] if item < len(seen) else f"cuda-{item}" for item in wanted)


class Turn:
    """The locks of all devices that a run trains on: held together, or none of them."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._paths = [folder / f"{name}.lock" for name in names]
        self._locks = [RecordLock(path) for path in self._paths]

    def free(self) -> bool:
        """Tell whether nobody holds any of them, as far as a look can tell."""
        return all(ask(path).held != "held" for path in self._paths)

    def acquire(self) -> bool:
        """Take them, if all are free."""
        for lock in self._locks:
            if not lock.acquire():
                self.release()
                return False
        return True

    def release(self) -> None:
        """Give them back; does nothing where they are not held."""
        for lock in self._locks:
            lock.release()


def wait_for_turn(run: Run, stopping: Callable[[], bool], local_world_size: int = 1) -> Turn | None:
    """Wait until the run's devices are free and no older run waits for one of them.

    None if stopped meanwhile. Of the devices, `local_world_size` are of this machine; machines that
    share a runs folder each have a queue of their own.
    """
    if os.environ.get("MILD_QUEUE") == "off":  # a cluster has given us devices of our own
        return Turn(run.folder.path, ())
    folder = run.folder.path.parent / ".devices" / host.machine()
    folder.mkdir(parents=True, exist_ok=True)
    names = lock_names(run.config().device, local_world_size)
    turn = Turn(folder, names)
    while not stopping():
        # Cheapest first: while a device is taken, a long queue only looks at few files.
        if turn.free() and not _older_ones_wait(run, names) and turn.acquire():
            return turn
        time.sleep(POLL_SECONDS)
    return None


@contextmanager
def lent(turn: Turn, check: Callable[[], None]) -> Iterator[None]:
    """Let other runs train meanwhile; then wait until the devices are free again.

    What lies in their memory stays there. `check` raises where somebody asks for the end.
    """
    turn.release()
    yield
    while not turn.acquire():
        check()
        time.sleep(POLL_SECONDS)


def _older_ones_wait(run: Run, names: tuple[str, ...]) -> bool:
    mine = (run.recorded_state().created, run.run_id)
    for other in all_runs(run.folder.path.parent):
        if other.run_id == run.run_id:  # our own lock must not be asked about: see mild.store.lock
            continue
        try:
            state = other.state()
            older = (state.created, other.run_id) < mine
            waits = older and state.live and state.state == "queued" and not state.machine
            config = other.config() if waits else None
            if config and not set(names).isdisjoint(lock_names(config.device, config.devices)):
                return True
        except RunError:  # damaged by hand: it cannot be waiting
            continue
    return False
