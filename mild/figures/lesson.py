"""Drawings of the Learn page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.curves import memorized_curves
from mild.figures.layout import finish

FloatArray = npt.NDArray[np.float64]

METRIC = "Metric M (epochs)"
COUNT = "Epochs misclassified"
CUT = "Cut (epochs misclassified)"
SHORT = 10
"""Up to so many epochs or rounds, each has its tick."""


def posterior_at(posterior_C: FloatArray, count: int) -> go.Figure:
    """P(clean) in per cent by the metric, shape (p + 1,) from 0 to 1, with one image on it."""
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
    """Shares memorized in the epochs so far, on axes that stay as they are."""
    figure = memorized_curves(dict(groups), {})
    figure.for_each_trace(
        lambda trace: trace.update(name=trace.name.replace("instances", "images"))
    )
    figure.update_xaxes(
        range=[0.5, n_epochs + 0.5], title="Epoch", dtick=1 if n_epochs <= SHORT else None
    )
    figure.update_yaxes(title="Memorized (% of images)")
    if at is not None:
        _mark(figure, at)
    return figure


def auroc_curves(by_epoch: Mapping[str, Sequence[float]], at: int) -> go.Figure:
    """AUROC in per cent after every epoch, of the loss and of the metric; shares from 0 to 1."""
    looks = {
        "loss": ("this epoch's loss alone", palette.LOSS, "dash"),
        "metric": ("metric: all epochs so far", palette.CLEAN, "solid"),
    }
    figure = go.Figure()
    for key, (name, colour, dash) in looks.items():
        figure.add_scatter(
            x=list(range(1, len(by_epoch[key]) + 1)), y=[100 * item for item in by_epoch[key]],
            name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    _mark(figure, at)
    figure.update_yaxes(range=[45, 102])
    return finish(figure, x="Epoch", y="AUROC (%), 50 is chance")


def loss_histogram(edges: FloatArray, groups: Mapping[str, Sequence[int]]) -> go.Figure:
    """Images per interval of the loss, on a logarithmic axis; `edges` in nats."""
    figure = go.Figure()
    middles = np.sqrt(edges[:-1] * edges[1:])
    for group, counts in groups.items():
        figure.add_bar(
            x=middles.tolist(), y=list(counts), width=np.diff(edges).tolist(),
            name=f"{group} images", opacity=0.7, hovertemplate="%{y:,}",
            marker={"color": _of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    low, high = np.log10(edges[[0, -1]])
    figure.update_xaxes(
        type="log", range=[float(low), float(high)], hoverformat="~g", tickformat="~g", dtick=1
    )
    finish(figure, x="Loss of the given label in this epoch (nats)", y="Images")
    return figure.update_layout(barmode="overlay")


def mixtures_by_hand(
    groups: Mapping[str, Sequence[int]],
    mine_JC: FloatArray,
    fitted_C: FloatArray | None,
) -> go.Figure:
    """Images per count, and how many two components expect, shape (2, p + 1).

    `groups` holds "all" images, or the "clean" and the "mislabeled" ones, per count.
    """
    counts = list(range(mine_JC.shape[1]))
    figure = go.Figure()
    for group, bars in groups.items():
        figure.add_bar(
            x=counts, y=list(bars), name=f"{group} images", opacity=0.55, hovertemplate="%{y:,}",
            marker={"color": _of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    lines = [
        ("your clean component", mine_JC[0], palette.CLEAN, "solid"),
        ("your mislabeled component", mine_JC[1], palette.MISLABELED, "solid"),
    ]
    if fitted_C is not None:
        lines.append(("the fitted mixture", fitted_C, palette.ACCURACY, "dot"))
    for name, values, colour, dash in lines:
        figure.add_scatter(
            x=counts, y=values.tolist(), name=name, mode="lines+markers", marker={"size": 5},
            line={"color": colour, "width": 2.5, "dash": dash}, hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    finish(figure, x=f"{COUNT} (of {len(counts) - 1})", y="Images", height=400)
    return figure.update_layout(barmode="stack")


def squeeze(shapes_S: FloatArray, curves: Mapping[str, Sequence[float]], shape: float) -> go.Figure:
    """Log-likelihood as one component is squeezed onto a single count."""
    looks = {
        "density": ("with densities: grows for ever", palette.MISLABELED, "dash"),
        "grouped": ("with probabilities, as MILD does", palette.CLEAN, "solid"),
    }
    figure = go.Figure()
    for key, (name, colour, dash) in looks.items():
        figure.add_scatter(
            x=shapes_S.tolist(), y=list(curves[key]), name=name, mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash}, hovertemplate="%{y:,.0f}",
        )  # fmt: skip
    figure.add_hline(y=0, line={"width": 1, "color": palette.ALL})
    figure.add_vline(x=shape, line={"width": 1, "dash": "dot", "color": palette.ALL})
    figure.update_xaxes(type="log", dtick=1)
    return finish(figure, x="Shape of the squeezed component", y="Log-likelihood (nats)")


def scores_by_cut(curves: dict[str, FloatArray], cut: int) -> go.Figure:
    """Shares from 0 to 1 at every cut, in per cent; each of shape (p + 2,)."""
    colours = (palette.CLEAN, palette.MISLABELED, palette.ACCURACY)
    dashes = ("solid", "dash", "dot")
    figure = go.Figure()
    for (name, shares), colour, dash in zip(curves.items(), colours, dashes, strict=False):
        figure.add_scatter(
            x=list(range(len(shares))), y=[None if np.isnan(v) else 100 * v for v in shares],
            name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    _mark(figure, cut)
    figure.update_yaxes(range=[0, 103])
    return finish(figure, x=CUT, y="Per cent")


def cost_by_cut(curves: Mapping[str, Sequence[float]], cut: int) -> go.Figure:
    """What the mistakes of every cut cost, in clean images; each of length p + 2."""
    looks = (("solid", palette.ALL), ("dot", palette.ACCURACY))
    figure = go.Figure()
    for (name, values), (dash, colour) in zip(curves.items(), looks, strict=False):
        figure.add_scatter(
            x=list(range(len(values))), y=list(values), name=name, mode="lines+markers",
            marker={"size": 4}, line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    _mark(figure, cut)
    figure.update_yaxes(type="log", dtick=1)
    return finish(figure, x=CUT, y="Cost (clean images), log scale")


def what_is_left(curves: Mapping[str, Sequence[float]]) -> go.Figure:
    """Shares from 0 to 1 that are left after 0, 1, 2, … rounds, in per cent."""
    figure = go.Figure()
    for group, shares in curves.items():
        figure.add_scatter(
            x=list(range(len(shares))), y=[100 * item for item in shares],
            name=f"{group} images", mode="lines+markers",
            line={"color": _of_group(group), "width": 2.5}, hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    figure.update_yaxes(range=[0, 103])
    figure.update_xaxes(dtick=1 if len(next(iter(curves.values()))) <= SHORT + 1 else 5)
    return finish(figure, x="Rounds", y="Still in the training set (%)")


def kept_by_round(rounds: Sequence[dict[str, int]]) -> go.Figure:
    """Images that each round trains on, by kind; the first entry is the whole training set."""
    figure = go.Figure()
    names = [f"round {number}" for number in range(1, len(rounds))] + ["at the end"]
    for group in ("clean", "mislabeled"):
        figure.add_bar(
            x=names, y=[item[group] for item in rounds], name=f"{group} images", opacity=0.9,
            text=[f"{item[group]:,}" for item in rounds], hovertemplate="%{y:,}",
            insidetextfont={"color": "#10151d"}, textangle=0,
            marker={"color": _of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    finish(figure, x="Trained on in", y="Images")
    return figure.update_layout(barmode="stack")


def _of_group(group: str) -> str:
    colours = {"clean": palette.CLEAN, "mislabeled": palette.MISLABELED}
    return colours.get(group, palette.ALL)


def _mark(figure: go.Figure, at: float) -> None:
    figure.add_vline(x=at, line={"width": 2, "color": palette.ALL})
