"""What all plots share."""

from __future__ import annotations

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
    )
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True, separatethousands=True)
    return figure


def mark_stages(figure: go.Figure, stages: dict[str, int]) -> None:
    """A thin line and a name where each stage begins; `stages` maps names to epochs from 1."""
    for name, start in stages.items():
        if start > 1:
            figure.add_vline(x=start - 0.5, line={"width": 1, "dash": "dot", "color": palette.ALL})
        figure.add_annotation(
            x=start - 0.5, y=0, yref="paper", yanchor="bottom", xanchor="left", showarrow=False,
            text=name, font={"size": 11}, opacity=0.7,
        )  # fmt: skip
