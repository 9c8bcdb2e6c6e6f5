"""Draw scores and cost of every cut of the lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import SCORE_TICKS, as_drawn, finish
from mild.figures.lesson.marks import mark
from mild.scale import SCORE

FloatArray = npt.NDArray[np.float64]

CUT = "Cut (epochs misclassified)"


def scores_by_cut(curves: dict[str, FloatArray], cut: int) -> go.Figure:
    """Draw scores from 0 to 1 at every cut; each of shape (p + 2,)."""
    colours = (palette.CLEAN, palette.MISLABELED, palette.ACCURACY)
    dashes = ("solid", "dash", "dot")
    figure = go.Figure()
    for (name, values), colour, dash in zip(curves.items(), colours, dashes, strict=False):
        figure.add_scatter(
            x=list(range(len(values))), name=name, mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash}, **as_drawn(values.tolist(), SCORE),
        )  # fmt: skip
    mark(figure, cut)
    figure.update_yaxes(range=[0, 1.03], labelalias=SCORE_TICKS)
    return finish(figure, x=CUT, y="Score")


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
