"""`MildCallback` for transformers; see `mild.recorder.transformers`."""

from mild.recorder.transformers import MildCallback

__all__ = ["MildCallback"]
