"""One image of a spot check at a time, large, answered by click and by key."""

from mild.ui.components.check.component import check_card

__all__ = ["check_card"]
