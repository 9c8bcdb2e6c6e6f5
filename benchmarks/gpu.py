"""Everything that is to be known of a GPU, in one command that keeps what it has after every step.

The tests of a GPU, training against a plain loop, and, where CIFAR-10 is at hand as files, the
preset `fast-cifar10` with 20 and 50 % wrong labels. A step that would not end in time is left out,
and said to be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks import train
from mild.errors import DeviceError
from mild.installation import TOP_LEVEL

SPEEDS: tuple[dict[str, Any], ...] = (
    {"model": "resnet34", "n": 50_000},
    {"model": "resnet34", "n": 50_000, "compiled": False},
    {"model": "preact-resnet18", "n": 50_000},
    {"model": "small-cnn", "n": 50_000},
)
RATES = (0.2, 0.5)
"""Shares of labels drawn anew for `fast-cifar10`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to measure, and how long it is given."""

    name: str
    seconds: float
    """At most; a step begins only while so much is left."""
    measure: Callable[[float], Any]
    """Given the seconds it may take."""


def run(file: Path, *, data: Path | None, minutes: float, say: Callable[[str], None]) -> None:
    """Take every step that there is time for, and write all answers into `file` after each.

    Raises
    ------
    DeviceError
        If there is no GPU.
    """
    if not torch.cuda.is_available():
        raise DeviceError("bench gpu needs an NVIDIA GPU, and PyTorch finds none on this machine.")
    ends = time.monotonic() + 60 * minutes
    found: dict[str, Any] = {"card": _card()}
    for step in _steps(data):
        left = ends - time.monotonic()
        say(f"{step.name}: {left:.0f} s are left")
        found[step.name] = _taken(step, left)
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _taken(step: Step, left: float) -> Any:
    if left < step.seconds:
        return {"left_out": f"{step.seconds:.0f} s are given to it, {left:.0f} s were left"}
    began = time.monotonic()
    try:
        answer = step.measure(step.seconds)
    except Exception as error:  # what one step meets must not cost the others
        answer = {"failed": f"{type(error).__name__}: {error}"}
    return {"answer": answer, "seconds": time.monotonic() - began}


def _steps(data: Path | None) -> list[Step]:
    steps = [Step(name="tests", seconds=120, measure=_tests)]
    for speed in SPEEDS:
        name = "speed " + " ".join(f"{key}={value}" for key, value in speed.items())
        steps.append(Step(name=name, seconds=60, measure=partial(_speed, speed)))
    for rate in RATES if data is not None else ():
        name = f"fast-cifar10, {rate:.0%} wrong"
        steps.append(Step(name=name, seconds=150, measure=partial(_fast, data, rate)))
    return steps


def _speed(asked: dict[str, Any], _: float) -> dict[str, Any]:
    return train.run(**asked)


def _card() -> dict[str, Any]:
    about = torch.cuda.get_device_properties(0)
    return {
        "name": about.name,
        "compute_capability": f"{about.major}.{about.minor}",
        "memory_gb": about.total_memory / 1e9,
        "count": torch.cuda.device_count(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
    }


def _tests(seconds: float) -> dict[str, Any]:
    """Run the tests marked `cuda`; the end of what they print tells which failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "-p", "no:cacheprovider"]
    return _printed([*command, "tests/training/runtime/test_cuda.py"], seconds)


def _fast(data: Path | None, rate: float, seconds: float) -> Any:
    words = ["train", "--preset", "fast-cifar10", "--data", "folder", "--path", str(data)]
    command = [sys.executable, "-m", "mild", *words, "--rate", str(rate), "--json"]
    printed = _printed(command, seconds)
    try:
        return json.loads(printed["output"])
    except json.JSONDecodeError:
        return printed


def _printed(command: list[str], seconds: float) -> dict[str, Any]:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=TOP_LEVEL, timeout=seconds, check=False
    )
    return {
        "status": done.returncode,
        "output": done.stdout[-6_000:],
        "problems": done.stderr[-3_000:],
    }
