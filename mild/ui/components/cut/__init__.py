"""The histogram of the metric with a cut that is dragged, or moved by arrow keys."""

from mild.ui.components.cut.component import cut_chart, cut_format

__all__ = ["cut_chart", "cut_format"]
