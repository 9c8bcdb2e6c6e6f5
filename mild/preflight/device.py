"""Is the device here? Told without importing PyTorch, so only a certain no is a no."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from mild.config import RunConfig

DRIVER = Path("/proc/driver/nvidia/gpus")
"""Linux shows a folder here for each GPU that NVIDIA's driver runs."""
DOORS = tuple(Path(name) for name in ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg"))
"""Without any of them no program on Linux reaches a GPU: NVIDIA's, AMD's, and that of Windows."""


def problems(config: RunConfig) -> list[str]:
    """Write one sentence where the device asked for cannot be there."""
    kind, _, number = config.device.partition(":")
    if kind == "mps" and sys.platform != "darwin":
        return [_missing(config.device, "mps is of Apple's machines")]
    if kind != "cuda":
        return []
    if built_without_gpu():
        return [_missing(config.device, "the PyTorch installed here is built for processors only")]
    n_there = n_gpus()
    n_needed = int(number) + 1 if number else config.devices
    if n_there is None or n_needed <= n_there:
        return []
    return [_missing(config.device, f"{n_there} {'GPU is' if n_there == 1 else 'GPUs are'} here")]


def built_without_gpu() -> bool:
    """Tell whether PyTorch says of itself that it was built without CUDA and without ROCm."""
    found = find_spec("torch")
    for folder in (found.submodule_search_locations or []) if found else []:
        try:
            text = (Path(folder) / "version.py").read_text(encoding="utf-8")
        except OSError:
            return False
        built = dict(re.findall(r"^(cuda|hip)\b[^=\n]*=\s*(\S+)", text, re.MULTILINE))
        return built.get("cuda") == "None" and built.get("hip", "None") == "None"
    return False


def n_gpus() -> int | None:
    """Count the GPUs that this process may use; None where that cannot be told."""
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is not None:
        return len([name for name in allowed.split(",") if name.strip() not in ("", "-1")])
    if sys.platform == "linux" and not any(door.exists() for door in DOORS):
        return 0
    return len(list(DRIVER.iterdir())) if DRIVER.is_dir() else None


def _missing(device: str, why: str) -> str:
    return f"device {device!r} is not on this machine ({why}); ask for 'auto' or 'cpu'."
