"""How busy the GPUs of a run are, as NVIDIA's driver tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pynvml

from mild.words import percent


@dataclass(frozen=True, kw_only=True, slots=True)
class GpuUse:
    """Of one card, whoever uses it."""

    busy: float | None
    """Share of the last moments in which it computed anything, 0 to 1; None where it is not told:
    a slice of a card (MIG) has no such figure."""
    memory: int
    """Bytes taken."""
    memory_size: int
    """Bytes in all."""


def query_gpus(uuids: Sequence[str]) -> list[GpuUse]:
    """Ask the driver for each card by its UUID; leaves out those that cannot be seen from here."""
    if not uuids or not _driver():
        return []
    found = (_look(uuid) for uuid in uuids)
    return [use for use in found if use is not None]


def words(uses: Sequence[GpuUse]) -> str:
    """Say how busy the cards are and what of their memory is taken, as one part of a line.

    Examples
    --------
    >>> words([GpuUse(busy=0.93, memory=9_000_000_000, memory_size=85_000_000_000)])
    'GPU 93 % busy, 9.0 of 85 GB of its memory taken'
    """
    parts = []
    for number, use in enumerate(uses):
        name = "GPU" if len(uses) == 1 else f"GPU {number}"
        busy = "" if use.busy is None else f" {percent(use.busy, 0)} busy,"
        taken = f"{use.memory / 1e9:.1f} of {use.memory_size / 1e9:.0f} GB of its memory taken"
        parts.append(f"{name}{busy} {taken}")
    return " · ".join(parts)


@cache
def _driver() -> bool:
    """Look once for a driver to ask; it does not come later."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return False
    return True


def _look(uuid: str) -> GpuUse | None:
    try:
        card = pynvml.nvmlDeviceGetHandleByUUID(uuid)
        memory = pynvml.nvmlDeviceGetMemoryInfo(card)
    except pynvml.NVMLError:  # of another machine, or taken out
        return None
    try:
        busy = pynvml.nvmlDeviceGetUtilizationRates(card).gpu / 100
    except pynvml.NVMLError:
        busy = None
    return GpuUse(busy=busy, memory=int(memory.used), memory_size=int(memory.total))
