"""The gallery of the review page: tiles, the panel with one image large, and what is done there."""

from mild.ui.components.gallery.component import GalleryAction, asked, gallery, picture_side

__all__ = ["GalleryAction", "asked", "gallery", "picture_side"]
