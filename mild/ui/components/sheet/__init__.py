"""A sheet of pictures, handed to the browser once; gallery and spot check cut theirs out of it."""

from mild.ui.components.sheet.component import sheet_component

__all__ = ["sheet_component"]
