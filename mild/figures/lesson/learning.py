"""Draw how images of the lesson are memorized: by epoch, by loss, and what that says of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.curves import memorized_curves
from mild.figures.layout import SCORE_TICKS, as_drawn, finish
from mild.figures.lesson.marks import SHORT, mark, of_group
from mild.scale import SCORE

FloatArray = npt.NDArray[np.float64]

METRIC = "Metric M (epochs)"


def posterior_at(posterior_C: FloatArray, count: int) -> go.Figure:
    """Draw P(clean) in per cent by the metric, shape (p + 1,), with one image on it."""
    n_epochs = len(posterior_C) - 1
    metric_C = [2 * c - n_epochs for c in range(n_epochs + 1)]
    figure = go.Figure()
    figure.add_scatter(
        x=metric_C, y=(100 * posterior_C).tolist(), name="P(clean) under the fit", mode="lines",
        line={"color": palette.ALL, "width": 2}, hovertemplate="%{y:.1f} %",
    )  # fmt: skip
    likely = posterior_C[count] >= 0.5
    figure.add_scatter(
        x=[metric_C[count]], y=[100 * float(posterior_C[count])], name="your image", mode="markers",
        marker={"color": palette.CLEAN if likely else palette.MISLABELED, "size": 16},
        hovertemplate="%{y:.1f} %",
    )  # fmt: skip
    figure.update_xaxes(range=[-n_epochs - 1.5, n_epochs + 1.5])
    figure.update_yaxes(range=[-4, 104])
    return finish(figure, x=METRIC, y="P(clean) (%)", height=300)


def growing_curves(
    groups: Mapping[str, Sequence[float]], n_epochs: int, at: int | None = None
) -> go.Figure:
    """Draw shares memorized in the epochs so far, on axes that stay as they are."""
    figure = memorized_curves(dict(groups), {})
    figure.update_xaxes(
        range=[0.5, n_epochs + 0.5], title="Epoch", dtick=1 if n_epochs <= SHORT else None
    )
    if at is not None:
        mark(figure, at)
    return figure


def auroc_curves(by_epoch: Mapping[str, Sequence[float]], at: int) -> go.Figure:
    """Draw AUROC from 0 to 1 after every epoch, of the loss and of the metric."""
    looks = {
        "loss": ("this epoch's loss alone", palette.LOSS, "dash"),
        "metric": ("metric: all epochs so far", palette.CLEAN, "solid"),
    }
    figure = go.Figure()
    for key, (name, colour, dash) in looks.items():
        figure.add_scatter(
            x=list(range(1, len(by_epoch[key]) + 1)),
            name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash},
            **as_drawn(by_epoch[key], SCORE),
        )  # fmt: skip
    mark(figure, at)
    figure.update_yaxes(range=[0.45, 1.02], labelalias=SCORE_TICKS)
    return finish(figure, x="Epoch", y="AUROC, .5 is chance")


def loss_histogram(edges: FloatArray, groups: Mapping[str, Sequence[int]]) -> go.Figure:
    """Draw images per interval of the loss, on a logarithmic axis; `edges` in nats."""
    figure = go.Figure()
    middles = np.sqrt(edges[:-1] * edges[1:])
    for group, counts in groups.items():
        figure.add_bar(
            x=middles.tolist(), y=list(counts), width=np.diff(edges).tolist(),
            name=f"{group} images", opacity=0.7, hovertemplate="%{y:,}",
            marker={"color": of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    low, high = np.log10(edges[[0, -1]])
    figure.update_xaxes(
        type="log", range=[float(low), float(high)], hoverformat="~g", tickformat="~g", dtick=1
    )
    finish(figure, x="Loss of the given label in this epoch (nats)", y="Images")
    return figure.update_layout(barmode="overlay")
