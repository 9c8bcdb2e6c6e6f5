"""The weight decays that a head was tried with."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mild.figures.layout import SCORE_TICKS, as_drawn, finish
from mild.scale import SCORE

CHOSEN_SIZE, SIZE = 15, 8


def trials(tried: Sequence[tuple[float, float]], chosen: float | None) -> go.Figure:
    """Draw the AUROC of planted labels by weight decay; the chosen one is larger."""
    decays = [decay for decay, _ in tried]
    figure = go.Figure(
        go.Scatter(
            x=[f"{decay:g}" for decay in decays],
            **as_drawn((auroc for _, auroc in tried), SCORE),
            mode="lines+markers",
            marker={"size": [CHOSEN_SIZE if decay == chosen else SIZE for decay in decays]},
            showlegend=False,
        )
    )
    figure.update_traces(hovertemplate="weight decay %{x}: %{text}<extra></extra>")
    figure.update_xaxes(type="category")
    figure.update_yaxes(labelalias=SCORE_TICKS)
    return finish(
        figure, x="Weight decay of the head", y="Planted labels told apart, AUROC", height=300
    )
