"""See which labels are wrong by watching a network learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mild.recorder import Recorder
    from mild.recorder.planting import plant

__all__ = ["Recorder", "__version__", "plant"]

__version__ = "0.1.0"
"""The one place that says it; pyproject.toml reads it from here."""


def __getattr__(name: str) -> object:
    """Import the recorder, and numpy with it, only when somebody asks for it."""
    if name == "Recorder":
        from mild.recorder import Recorder

        return Recorder
    if name == "plant":
        from mild.recorder.planting import plant

        return plant
    raise AttributeError(f"module 'mild' has no attribute {name!r}")
