"""The gallery of the review page: tiles, and the panel with one image large."""

from mild.ui.components.gallery.component import gallery, picture_side

__all__ = ["gallery", "picture_side"]
