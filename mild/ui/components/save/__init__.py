"""Two buttons that save a figure on the page as a picture."""

from mild.ui.components.save.component import save_buttons

__all__ = ["save_buttons"]
