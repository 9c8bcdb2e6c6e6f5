"""A figure as a piece of HTML that is read on light and on dark, without network."""

from __future__ import annotations

from typing import TypeAlias

import plotly.graph_objects as go

from mild.figures import palette

Figure: TypeAlias = go.Figure
GRID = "rgba(127, 134, 148, 0.3)"


def as_html(figure: Figure, *, with_script: bool) -> str:
    """Write the figure as HTML; `with_script` for the first of a page, which serves them all."""
    figure.update_layout(
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", font={"color": palette.ALL}
    )
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(gridcolor=GRID, zerolinecolor=GRID)
    return str(figure.to_html(full_html=False, include_plotlyjs=with_script))
