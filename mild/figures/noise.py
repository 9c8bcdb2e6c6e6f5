"""Which labels become which: a transition matrix as a picture, and how many images a class has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import as_text, finish, texts_apart

FloatArray = npt.NDArray[np.float64]

WITH_NUMBERS = 12
"""Up to so many classes, each cell has its number."""
WITH_NAMES = 40
"""Up to so many classes, each row and column has its name; beyond, a name now and then."""
NAME_LENGTH = 18
FAINT = 20.0
"""Per cent at which a cell is at its strongest where no cell of its kind has more."""
STRONGEST = 0.75
"""Opacity of the fullest cell, so that a number on it is read on light and on dark."""


def transition_matrix(matrix_CC: FloatArray, class_names: Sequence[str]) -> go.Figure:
    """Draw P(given | clean) in per cent, shape (C, C), rows clean labels; shares from 0 to 1.

    Right labels are blue, wrong ones orange; each of the two has a scale of its own.
    """
    n = len(matrix_CC)
    percent_CC = 100 * np.asarray(matrix_CC, dtype=np.float32)
    right_CC = np.eye(n, dtype=bool)
    names = texts_apart(class_names, NAME_LENGTH)
    gap = 1 if n <= WITH_NAMES else 0
    figure = go.Figure()
    for mask_CC, colour, words in (
        (right_CC, palette.CLEAN, "keep their label"),
        (~right_CC, palette.MISLABELED, "get this label"),
    ):
        highest = max(FAINT, float(percent_CC[mask_CC].max(initial=0)))
        figure.add_heatmap(
            z=np.where(mask_CC & (percent_CC > 0), percent_CC, np.float32(np.nan)),
            x=names, y=names,
            zmin=0, zmax=highest, showscale=False, xgap=gap, ygap=gap,
            colorscale=[[0, _faded(colour, 0.06)], [1, _faded(colour, STRONGEST)]],
            hovertemplate=f"%{{y}} → %{{x}}: %{{z:.2f}} % {words}<extra></extra>",
            texttemplate="%{z:.3~g}" if n <= WITH_NUMBERS else None, hoverongaps=False,
        )  # fmt: skip
    each = 1 if n <= WITH_NAMES else -(-n // 20)
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(
            type="category", tickmode="array", tickvals=names[::each], showgrid=False,
            zeroline=False, categoryorder="array", categoryarray=names,
        )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    height = min(640, max(240, 110 + 26 * n))
    finish(figure, x="Given label", y="Clean label", height=height)
    return figure.update_layout(hovermode="closest")


def class_balance(n_per_class_C: Sequence[int], class_names: Sequence[str]) -> go.Figure:
    """Draw the images of each class by given label."""
    n = len(n_per_class_C)
    names = [as_text(name, NAME_LENGTH) for name in class_names]
    places = list(range(n))
    figure = go.Figure(
        go.Bar(
            x=places, y=list(n_per_class_C), marker={"color": palette.ALL, "line": {"width": 0}},
            customdata=names,
            hovertemplate="%{customdata}: %{y:,} images<extra></extra>",
        )
    )  # fmt: skip
    each = 1 if n <= WITH_NAMES else -(-n // 20)
    figure.update_xaxes(tickvals=places[::each], ticktext=names[::each])
    finish(figure, x="Given label", y="Images", height=200)
    return figure.update_layout(hovermode="closest")


def _faded(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
