"""Runs, detectors and rules side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures.layout import finish

FloatArray = npt.NDArray[np.float64]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def overlaid_curves(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float | None]]], *, x: str, y: str
) -> go.Figure:
    """Draw a line per name, told apart by colour and by dash; shares from 0 to 1 in per cent."""
    figure = go.Figure()
    for position, (name, (xs, ys)) in enumerate(curves.items()):
        figure.add_scatter(
            x=list(xs),
            y=[None if item is None else 100 * item for item in ys],
            name=name,
            mode="lines",
            line={"width": 2, "dash": DASHES[position % len(DASHES)]},
            hovertemplate="%{y:.1f} %",
        )
    return finish(figure, x=x, y=y, height=380)


def detector_curves(
    curves: dict[str, tuple[FloatArray, FloatArray]], *, x: str, y: str
) -> go.Figure:
    """Draw ROC or precision-recall curves, both axes in per cent."""
    figure = go.Figure()
    for position, (name, (xs, ys)) in enumerate(curves.items()):
        figure.add_scatter(
            x=(100 * xs).tolist(),
            y=(100 * ys).tolist(),
            name=name,
            mode="lines",
            line={"width": 3 if name == "metric" else 1.8, "dash": DASHES[position % len(DASHES)]},
            hovertemplate="%{y:.1f} %",
        )
    figure.update_xaxes(range=[-1, 101])
    figure.update_yaxes(range=[-1, 101])
    return finish(figure, x=x, y=y, height=380)


def detector_bars(auroc: Mapping[str, float], *, x: str) -> go.Figure:
    """Draw a bar per detector, AUROC from 0 to 1 in per cent, the best on top; half is a guess."""
    figure = go.Figure(
        go.Bar(
            x=[100 * value for value in auroc.values()],
            y=list(auroc),
            orientation="h",
            texttemplate="%{x:.1f}",
            hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 100])
    figure.update_yaxes(autorange="reversed")
    figure.add_vline(x=50, line_dash="dot", line_width=1)
    return finish(figure, x=x, y="", height=120 + 34 * len(auroc))


def heat_map(
    values: FloatArray, columns: Sequence[object], rows: Sequence[str], *, x: str, title: str
) -> go.Figure:
    """Draw shares from 0 to 1 in per cent; the higher the better, and the darker."""
    figure = go.Figure(
        go.Heatmap(
            z=100 * values,
            x=[str(item) for item in columns],
            y=list(rows),
            zmin=0,
            zmax=100,
            colorscale="Blues",
            colorbar={"title": "%"},
            xgap=1,
            ygap=1,
            texttemplate="%{z:.0f}" if values.shape[1] <= 30 else None,
            hovertemplate=f"%{{y}}, {x.lower()} %{{x}}: {title} %{{z:.1f}} %<extra></extra>",
        )
    )
    return finish(figure, x=x, y="", height=120 + 45 * len(rows))
