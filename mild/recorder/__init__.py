"""Record learning status from a training loop of one's own, in any framework."""

from mild.recorder.recorder import (
    Recorder,
)

__all__ = [
    "Recorder",
]
