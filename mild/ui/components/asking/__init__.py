"""What people do in a gallery or a spot check, told to Python until it has heard of it."""

from mild.ui.components.asking.asking import ASKING_JS, Asked, asked, heard

__all__ = ["ASKING_JS", "Asked", "asked", "heard"]
