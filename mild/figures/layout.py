"""What all plots share."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from mild.figures import palette


def finish(figure: go.Figure, *, x: str, y: str, height: int = 320) -> go.Figure:
    """Axis titles with their units, a legend on top, and room for nothing else."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "title": None,
            "traceorder": "normal",
        },
        hovermode="x unified",
        bargap=0.08,
        xaxis={"title": {"text": x}, "automargin": True},
        yaxis={"title": {"text": y}, "automargin": True, "separatethousands": True},
    )  # all at once: each call of plotly's costs milliseconds, and live charts are drawn often
    return figure


def mark_stages(figure: go.Figure, stages: dict[str, int]) -> None:
    """A thin line and a name where each stage begins; `stages` maps names to epochs from 1."""
    lines = [_line(start - 0.5) for start in stages.values() if start > 1]
    names = [_name(start - 0.5, name) for name, start in stages.items()]
    figure.update_layout(shapes=lines, annotations=names)


def _line(x: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain",
        "line": {"width": 1, "dash": "dot", "color": palette.ALL},
    }  # fmt: skip


def _name(x: float, name: str) -> dict[str, Any]:
    return {
        "x": x, "y": 0, "yref": "paper", "yanchor": "bottom", "xanchor": "left",
        "showarrow": False, "text": name, "font": {"size": 11},
    }  # fmt: skip
