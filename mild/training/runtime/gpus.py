"""Name the GPUs that this process may use, without importing torch, which costs seconds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

DEVICES = Path("/dev")
DRIVER = Path("/proc/driver/nvidia/gpus")
"""Linux has a folder here for each GPU, with a file `information`."""
_DEVICE = re.compile(r"nvidia(\d+)")


def visible_gpus(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Name each GPU that this process may use, in the order of their numbers.

    A name is the card's own (its UUID) where the driver tells it: then it is the same in every
    container and on every machine. CUDA_VISIBLE_DEVICES counts among the cards that are there at
    all; a container that was given the third of four cards has that one alone.
    """
    there = _there()
    asked = environment.get("CUDA_VISIBLE_DEVICES")
    if asked is None:
        return there
    chosen = []
    for item in (part.strip() for part in asked.split(",")):
        if item.isdecimal() and int(item) < len(there):
            chosen.append(there[int(item)])
        elif item.startswith(("GPU-", "MIG-")):  # of a UUID people may write the beginning alone
            full = [name for name in there if name.startswith(item)]
            chosen.append(full[0] if len(full) == 1 else item)
        else:  # CUDA, too, takes those before the first that is none
            break
    return tuple(chosen)


def _there() -> tuple[str, ...]:
    found = (_DEVICE.fullmatch(path.name) for path in DEVICES.glob("nvidia*"))
    numbers = sorted(int(match[1]) for match in found if match)
    known = _own_names()
    return tuple(known.get(number, f"cuda-{number}") for number in numbers)


def _own_names() -> dict[int, str]:
    """Give the UUID of each card by its number among the devices."""
    names = {}
    for path in DRIVER.glob("*/information"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        told = dict(line.partition(":")[::2] for line in text.splitlines())
        number, name = told.get("Device Minor", "").strip(), told.get("GPU UUID", "").strip()
        if number.isdecimal() and name.startswith("GPU-") and "?" not in name:
            names[int(number)] = name
    return names
