"""Colours and marks that the drawings of the lesson share."""

from __future__ import annotations

import plotly.graph_objects as go

from mild.figures import palette

SHORT = 10
"""Up to so many epochs or rounds, each has its tick."""


def of_group(group: str) -> str:
    """Return the colour of clean, of mislabeled, or of all images."""
    return palette.GROUPS.get(group, palette.ALL)


def mark(figure: go.Figure, at: float) -> None:
    """Draw a line upright through a chart, where the lesson stands."""
    figure.add_vline(x=at, line={"width": 2, "color": palette.ALL})
