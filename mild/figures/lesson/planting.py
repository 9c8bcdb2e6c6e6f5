"""Drawings of the Learn page's section on planted labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import finish

UPPER, LOWER = [0.32, 1.0], [0.0, 0.25]
"""Shares of the height for the images of the round and for the planted ones."""


def two_histories(
    curves: Mapping[str, Sequence[int]], kinds: Sequence[str] | None = None
) -> go.Figure:
    """Draw epochs misclassified so far, of two images; coloured once their kinds are known."""
    figure = go.Figure()
    for number, (name, values) in enumerate(curves.items()):
        label = name if kinds is None else f"{name}: {kinds[number]}"
        colour = palette.ALL if kinds is None else palette.GROUPS[kinds[number]]
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=list(values), name=label, mode="lines",
            line={"color": colour, "width": 2.5, "dash": ("solid", "dot")[number % 2]},
            hovertemplate="%{y}",
        )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    return finish(figure, x="Epoch", y="Epochs misclassified so far", height=300)


def above_planted(
    groups: Mapping[str, Sequence[int]],
    planted: Sequence[int],
    cuts: Mapping[str, float],
) -> go.Figure:
    """Draw images per count, the planted ones below on the same axis, and where rules cut.

    `groups` holds "all" images, or the "clean" and the "mislabeled" ones, per count 0 .. p, without
    the planted. A cut within a count lies within its bar: a bar stands for c up to c + 1.
    """
    counts = list(range(len(planted)))
    figure = go.Figure()
    for group, bars in groups.items():
        figure.add_bar(
            x=counts, y=list(bars), name=f"{group} images", opacity=0.75, hovertemplate="%{y:,}",
            marker={"color": palette.GROUPS.get(group, palette.ALL), "line": {"width": 0}},
        )  # fmt: skip
    if any(planted):
        figure.add_bar(
            x=counts, y=list(planted), name="planted images", yaxis="y2", hovertemplate="%{y:,}",
            marker={"color": palette.PLANTED, "line": {"width": 0}},
        )  # fmt: skip
    finish(figure, x=f"Epochs misclassified (of {len(planted) - 1})", y="Images", height=440)
    figure.update_layout(barmode="stack", xaxis={"range": [-0.7, len(planted) + 0.2]})
    if any(planted):
        figure.update_layout(
            yaxis={"domain": UPPER},
            yaxis2={"domain": LOWER, "title": {"text": "Planted"}, "automargin": True},
            xaxis={"anchor": "y2"},
        )
    for number, (name, cut) in enumerate(cuts.items()):
        _mark_cut(figure, name, cut - 0.5, end=len(planted) - 1, lower=number)
    return figure


def rate_by_planted(
    rates: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float] | None],
    truth: float,
    chosen: str,
) -> go.Figure:
    """Draw estimated noise rates with their 95 % intervals, shares from 0 to 1, by name.

    Where there is no interval, a point alone.
    """
    figure = go.Figure()
    for name, rate in rates.items():
        low, high = intervals[name] or (rate, rate)
        strong = name == chosen
        colour = palette.PLANTED if strong else palette.ALL
        figure.add_scatter(
            x=[100 * rate], y=[name], mode="markers", showlegend=False,
            marker={"size": 14 if strong else 9, "color": colour},
            error_x={
                "type": "data", "symmetric": False, "array": [100 * (high - rate)],
                "arrayminus": [100 * (rate - low)], "thickness": 3 if strong else 1.5,
                "color": colour,
            },
            hovertemplate="%{x:.1f} %<extra></extra>", cliponaxis=False,
        )  # fmt: skip
    finish(
        figure, x="Estimated share of wrong labels, with its 95 % interval (%)", y="", height=260
    )
    figure.update_layout(hovermode="closest", margin={"t": 28})
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(autorange="reversed", type="category")
    figure.add_vline(
        x=100 * truth, line={"width": 2, "dash": "dot", "color": palette.MISLABELED},
        annotation={"text": "the truth", "yref": "paper", "y": 1, "yanchor": "bottom"},
    )  # fmt: skip
    return figure


def _mark_cut(figure: go.Figure, name: str, x: float, *, end: float, lower: int) -> None:
    figure.add_vline(x=x, line={"width": 2, "color": palette.MISLABELED, "dash": "solid"})
    figure.add_annotation(
        x=x, y=0.98 - 0.1 * lower, yref="paper", yanchor="top", showarrow=False, text=f" {name} ",
        xanchor="right" if x > end / 2 else "left",
    )  # fmt: skip
