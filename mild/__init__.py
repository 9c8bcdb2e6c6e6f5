"""See which labels are wrong by watching a network learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mild.version import __version__

if TYPE_CHECKING:
    from mild.recorder import Recorder
    from mild.recorder.planting import plant

__all__ = ["Recorder", "__version__", "plant"]


def __getattr__(name: str) -> object:
    """Import the recorder, and numpy with it, only when somebody asks for it."""
    if name == "Recorder":
        from mild.recorder import Recorder

        return Recorder
    if name == "plant":
        from mild.recorder.planting import plant

        return plant
    raise AttributeError(f"module 'mild' has no attribute {name!r}")
