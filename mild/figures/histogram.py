"""The histogram of the metric, the fitted mixture, and the cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import finish

FloatArray = npt.NDArray[np.float64]


def metric_histogram(
    bars: Mapping[str, Sequence[int]],
    expected_JC: FloatArray | None,
    cut: float,
    posterior_C: FloatArray | None = None,
    things: str = "images",
) -> go.Figure:
    """Draw instances per value of the metric, for saving and for reports.

    The page itself draws it with mild/ui/components/cut/cut.js, where the cut can be dragged.

    Parameters
    ----------
    bars
        For "clean" and "mislabeled", or "kept" and "flagged", and for "planted": instances
        misclassified in exactly c = 0 .. p epochs. Drawn on top of each other.
    expected_JC
        Shape (2, p + 1), instances that the fitted clean and mislabeled component expect; None
        where nothing was fitted.
    cut
        Instances with c < cut are kept; drawn half-way between two values of the metric.
    posterior_C
        Shape (p + 1,), P(clean) at each count, 0 to 1; drawn on an axis of its own.
    """
    n_epochs = len(next(iter(bars.values()))) - 1
    metric_C = [2 * c - n_epochs for c in range(n_epochs + 1)]
    figure = go.Figure()
    for group, counts in bars.items():
        figure.add_bar(
            x=metric_C, y=list(counts), name=f"{group} {things}",
            marker={"color": palette.GROUPS[group], "line": {"width": 0}},
            opacity=0.75, customdata=list(range(n_epochs + 1)),
            hovertemplate="%{y:,} (misclassified in %{customdata} epochs)",
        )  # fmt: skip
    if expected_JC is not None:
        _components(figure, metric_C, expected_JC)
    if posterior_C is not None:
        _posterior(figure, metric_C, posterior_C)
    _mark_cut(figure, 2 * cut - n_epochs - 1, n_epochs)
    figure.update_xaxes(range=[-n_epochs - 1.5, n_epochs + 1.5])
    finish(
        figure,
        x="Metric (epochs misclassified − epochs memorized)",
        y=things.capitalize(),
        height=420,
    )
    return figure.update_layout(
        barmode="stack",
        yaxis2={
            "title": "P(clean) (%)", "overlaying": "y", "side": "right", "range": [0, 102],
            "dtick": 25, "showgrid": False, "automargin": True,
            "visible": posterior_C is not None,
        },
    )  # fmt: skip


def _mark_cut(figure: go.Figure, position: float, n_epochs: int) -> None:
    figure.add_vrect(
        x0=position, x1=n_epochs + 1, fillcolor=palette.MISLABELED, opacity=0.1, line_width=0
    )
    figure.add_vline(x=position, line={"width": 2, "color": palette.MISLABELED})
    figure.add_annotation(
        x=position, y=1, yref="paper", yanchor="top", showarrow=False, text=" flagged ▸",
        xanchor="left" if position < 0.6 * n_epochs else "right",
    )  # fmt: skip


def _components(figure: go.Figure, metric_C: list[int], expected_JC: FloatArray) -> None:
    lines: list[tuple[str, Any, str, str]] = [
        ("fitted clean component", expected_JC[0], palette.CLEAN, "solid"),
        ("fitted mislabeled component", expected_JC[1], palette.MISLABELED, "solid"),
        ("both components", expected_JC.sum(axis=0), palette.ALL, "dot"),
    ]
    for name, values, colour, dash in lines:
        figure.add_scatter(
            x=metric_C, y=values.tolist(), name=name, mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash, "shape": "spline", "smoothing": 0.4},
            hovertemplate="%{y:,.0f}",
        )  # fmt: skip


def _posterior(figure: go.Figure, metric_C: list[int], posterior_C: FloatArray) -> None:
    figure.add_scatter(
        x=metric_C, y=(100 * posterior_C).tolist(), name="P(clean)", mode="lines", yaxis="y2",
        line={"color": palette.ACCURACY, "width": 2, "dash": "dash"}, hovertemplate="%{y:.1f} %",
    )  # fmt: skip
