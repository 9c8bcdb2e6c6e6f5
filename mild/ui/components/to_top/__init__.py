"""A page that shows something else begins at its top."""

from mild.ui.components.to_top.component import begin_at_top

__all__ = ["begin_at_top"]
