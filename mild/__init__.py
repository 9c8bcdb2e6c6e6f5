"""See which labels are wrong by watching a network learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mild.recorder import Recorder

__all__ = ["Recorder"]


def __getattr__(name: str) -> object:
    """Import the recorder, and numpy with it, only when somebody asks for it."""
    if name == "Recorder":
        from mild.recorder import Recorder

        return Recorder
    raise AttributeError(f"module 'mild' has no attribute {name!r}")
