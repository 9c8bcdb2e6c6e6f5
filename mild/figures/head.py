"""The weight decays that a head was tried with."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mild.figures.layout import finish

CHOSEN_SIZE, SIZE = 15, 8


def trials(tried: Sequence[tuple[float, float]], chosen: float | None) -> go.Figure:
    """Draw the AUROC of planted labels, in per cent, by weight decay; the chosen one is larger."""
    decays = [decay for decay, _ in tried]
    figure = go.Figure(
        go.Scatter(
            x=[f"{decay:g}" for decay in decays],
            y=[100 * auroc for _, auroc in tried],
            mode="lines+markers",
            marker={"size": [CHOSEN_SIZE if decay == chosen else SIZE for decay in decays]},
            hovertemplate="weight decay %{x}: %{y:.1f} %<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_xaxes(type="category")
    return finish(
        figure, x="Weight decay of the head", y="Planted labels told apart, AUROC (%)", height=300
    )
