"""`MildCallback` for lightning; see `mild.recorder.lightning`."""

from mild.recorder.lightning import MildCallback

__all__ = ["MildCallback"]
