"""What gallery and spot check show of an instance that is no image, and the sounds it plays."""

from mild.ui.components.sample.component import SAMPLE_CSS, SAMPLE_JS, play

__all__ = ["SAMPLE_CSS", "SAMPLE_JS", "play"]
