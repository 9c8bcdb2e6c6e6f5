"""Draw what rounds keep: those of the lesson, and rounds that were only calculated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from mild.figures.layout import finish
from mild.figures.lesson.marks import SHORT, of_group


def what_is_left(curves: Mapping[str, Sequence[float]]) -> go.Figure:
    """Draw shares from 0 to 1 that are left after 0, 1, 2, … rounds, in per cent."""
    figure = go.Figure()
    for group, shares in curves.items():
        figure.add_scatter(
            x=list(range(len(shares))), y=[100 * item for item in shares],
            name=f"{group} images", mode="lines+markers",
            line={"color": of_group(group), "width": 2.5}, hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    figure.update_yaxes(range=[0, 103])
    figure.update_xaxes(dtick=1 if len(next(iter(curves.values()))) <= SHORT + 1 else 5)
    return finish(figure, x="Rounds", y="Still in the training set (%)")


def kept_by_round(rounds: Sequence[dict[str, int]]) -> go.Figure:
    """Draw images that each round trains on, by kind; the first entry is the training set."""
    figure = go.Figure()
    names = [f"round {number}" for number in range(1, len(rounds))] + ["at the end"]
    for group in ("clean", "mislabeled"):
        figure.add_bar(
            x=names, y=[item[group] for item in rounds], name=f"{group} images", opacity=0.9,
            text=[f"{item[group]:,}" for item in rounds], hovertemplate="%{y:,}",
            insidetextfont={"color": "#10151d"}, textangle=0,
            marker={"color": of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    finish(figure, x="Trained on in", y="Images")
    return figure.update_layout(barmode="stack")
