"""How much memory is free: in this machine, as far as this process may use it, and on the GPU."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from mild.training.runtime.gpus import visible_gpus

MACHINE_SHARE = 0.25
"""Of the machine's free memory that images may take: while they are laid out there are two of each,
and the network, its batches and other programs want some."""
DEVICE_SHARE = 0.5
"""Of a GPU's: the network and its batches need the rest."""
_LIMIT, _USED = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
"""What a container may use, and what it does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """One memory that images could lie in."""

    where: str
    n_free: int
    """Bytes."""
    share: float
    """Of what is free that images may take."""

    @property
    def room(self) -> int:
        """Bytes of images that may lie there."""
        return int(self.share * self.n_free)


def memories(device: str) -> list[Memory]:
    """Return free memory of this machine, and of the GPU where that is the device asked for.

    Imports torch, which takes seconds, only where there is a GPU to ask about.
    """
    found = [Memory(where="this machine", n_free=machine_free(), share=MACHINE_SHARE)]
    there = device.startswith("cuda") or (device == "auto" and bool(visible_gpus()))
    if there and (n_free := _gpu_free(device)) is not None:
        found.append(Memory(where="the GPU", n_free=n_free, share=DEVICE_SHARE))
    return found


def machine_free() -> int:
    """Return the bytes that this process could still use, by its machine and its container."""
    n_free = int(psutil.virtual_memory().available)
    try:  # psutil tells of the machine, not of the container
        limit, used = (path.read_text(encoding="ascii").strip() for path in (_LIMIT, _USED))
    except OSError:  # no container, or one of another kind
        return n_free
    return n_free if limit == "max" else max(0, min(n_free, int(limit) - int(used)))


def n_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gpu_free(device: str) -> int | None:
    """Return the GPU's free memory; None where there is none after all."""
    import torch

    if not torch.cuda.is_available():
        return None
    index = int(device.partition(":")[2] or 0)
    if index >= torch.cuda.device_count():
        return None
    return int(torch.cuda.mem_get_info(index)[0])
