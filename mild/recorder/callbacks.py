"""What the callbacks for other people's trainers have in common."""

from __future__ import annotations

from typing import Any

from mild.errors import RecordingError


def check_installed(base: object | None, package: str, *more: str) -> None:
    """Raise RecordingError where the package of a trainer, whose callback is `base`, is missing."""
    if base is None:
        asked = " ".join((package, *more))
        raise RecordingError(f"{package} is not installed; run pip install {asked}.")


def learning_rate(optimizer: Any) -> float:
    """Return the learning rate of an optimizer of torch, that of its first group."""
    return float(optimizer.param_groups[0]["lr"])
