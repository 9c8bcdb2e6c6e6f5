"""Draw scores and cost of every cut of the lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import finish
from mild.figures.lesson.marks import mark

FloatArray = npt.NDArray[np.float64]

CUT = "Cut (epochs misclassified)"


def scores_by_cut(curves: dict[str, FloatArray], cut: int) -> go.Figure:
    """Draw shares from 0 to 1 at every cut, in per cent; each of shape (p + 2,)."""
    colours = (palette.CLEAN, palette.MISLABELED, palette.ACCURACY)
    dashes = ("solid", "dash", "dot")
    figure = go.Figure()
    for (name, shares), colour, dash in zip(curves.items(), colours, dashes, strict=False):
        figure.add_scatter(
            x=list(range(len(shares))), y=[None if np.isnan(v) else 100 * v for v in shares],
            name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    mark(figure, cut)
    figure.update_yaxes(range=[0, 103])
    return finish(figure, x=CUT, y="Per cent")


def cost_by_cut(curves: Mapping[str, Sequence[float]], cut: int) -> go.Figure:
    """Draw what the mistakes of every cut cost, in clean images; each of length p + 2."""
    looks = (("solid", palette.ALL), ("dot", palette.ACCURACY))
    figure = go.Figure()
    for (name, values), (dash, colour) in zip(curves.items(), looks, strict=False):
        figure.add_scatter(
            x=list(range(len(values))), y=list(values), name=name, mode="lines+markers",
            marker={"size": 4}, line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    mark(figure, cut)
    figure.update_yaxes(type="log", dtick=1)
    return finish(figure, x=CUT, y="Cost (clean images), log scale")
