"""A button that opens a page of its own to print."""

from mild.ui.components.printing.component import print_button

__all__ = ["print_button"]
