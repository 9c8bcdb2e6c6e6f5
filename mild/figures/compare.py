"""Runs, detectors and rules side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures.layout import SCORE_TICKS, as_drawn, as_text, finish
from mild.scale import SCORE, scale_of
from mild.visible import MOST_OF_NAME
from mild.words import score as as_score

FloatArray = npt.NDArray[np.float64]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MOST_IN_CELLS = 30
"""Columns of a heat map up to which its values are written into the cells."""
FEW = 12
"""Columns up to which a score has room for a third digit."""
LIGHT, DARK = "#ffffff", "#000000"
LOWEST_ROW = 16
"""Pixels of a row that has room for words."""
DARK_FROM = 0.715
"""Shade of a cell from which letters on it are light: both can be read there."""
LEAST_SPAN = 0.02
"""Of a scale of colours, so that differences of chance do not look like much."""


def overlaid_curves(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float | None]]],
    *,
    x: str,
    y: str,
    by_round: bool = False,
    height: int = 260,
) -> go.Figure:
    """Draw a line per name, told apart by colour and by dash, the same in every figure.

    Parameters
    ----------
    curves
        Values from 0 to 1; a name without any still takes its colour.
    y
        What they are, which says whether they are drawn as scores or in per cent.
    by_round
        Mark the single points, and only whole numbers along `x`.
    """
    figure = go.Figure()
    scale = scale_of(y)
    for position, (name, (xs, ys)) in enumerate(curves.items()):
        figure.add_scatter(
            x=list(xs),
            name=as_text(name, MOST_OF_NAME),
            mode="lines+markers" if by_round else "lines",
            line={"width": 2, "dash": DASHES[position % len(DASHES)]},
            **as_drawn(ys, scale),
        )
    figure.update_layout(showlegend=len(curves) > 1)
    if by_round:
        last = max((max(xs, default=1) for xs, _ in curves.values()), default=1)
        figure.update_xaxes(dtick=1, range=[0.75, last + 0.25])
    edge = 0.02 * scale.factor  # so that a line on the edge is seen in its width
    figure.update_yaxes(
        autorangeoptions={"clipmin": -edge, "clipmax": scale.factor + edge},
        labelalias=SCORE_TICKS if scale is SCORE else None,
    )
    return finish(figure, x=x, y=scale.titled(y), height=height)


def detector_curves(
    curves: Mapping[str, tuple[FloatArray, FloatArray]], *, x: str, y: str
) -> go.Figure:
    """Draw ROC or precision-recall curves, both axes from 0 to 1."""
    figure = go.Figure()
    for position, (name, (xs, ys)) in enumerate(curves.items()):
        figure.add_scatter(
            x=xs.tolist(),
            name=name,
            mode="lines",
            line={"width": 3 if name == "metric" else 1.8, "dash": DASHES[position % len(DASHES)]},
            **as_drawn(ys.tolist(), SCORE),
        )
    figure.update_xaxes(range=[-0.01, 1.01], labelalias=SCORE_TICKS)
    figure.update_yaxes(range=[-0.01, 1.01], labelalias=SCORE_TICKS)
    return finish(figure, x=x, y=y, height=380)


def detector_bars(auroc: Mapping[str, float], *, x: str) -> go.Figure:
    """Draw a bar per detector, AUROC from 0 to 1, the best on top; half is a guess."""
    figure = go.Figure(
        go.Bar(
            x=list(auroc.values()),
            y=list(auroc),
            orientation="h",
            text=[as_score(value) for value in auroc.values()],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 1], labelalias=SCORE_TICKS)
    figure.update_yaxes(autorange="reversed")
    figure.add_vline(x=0.5, line_dash="dot", line_width=1)
    return finish(figure, x=x, y="", height=120 + 34 * len(auroc))


def heat_map(
    values_RC: FloatArray,
    columns: Sequence[object],
    rows: Sequence[str],
    *,
    x: str,
    y: str,
    title: str,
    row_pixels: int = 44,
) -> go.Figure:
    """Draw values from 0 to 1 in cells, the higher the darker, over the range there is.

    `title` says what they are, and by that how they are written. nan is an empty cell. Rows that
    are too low for words have none.
    """
    low, high = _span(values_RC)
    score = scale_of(title) is SCORE
    digits = (3 if values_RC.shape[1] <= FEW else 2) if score else None
    words_RC = [[_in_cell(value, digits) for value in row] for row in values_RC]
    figure = go.Figure(
        go.Heatmap(
            z=values_RC, text=words_RC, x=[str(item) for item in columns], y=list(rows),
            zmin=low, zmax=high, colorscale="Blues", xgap=2, ygap=2,
            colorbar={"title": title, "tickformat": ".2f" if score else ".0%"},
            hovertemplate=f"%{{y}}, {x.lower()} %{{x}}: {title} %{{text}}<extra></extra>",
        )
    )  # fmt: skip
    if values_RC.shape[1] <= MOST_IN_CELLS and row_pixels >= LOWEST_ROW:
        figure.update_traces(showscale=False)  # the values are there; cells get its room
        _write_into_cells(figure, words_RC, (values_RC - low) / (high - low))
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category", autorange="reversed")
    figure = finish(figure, x=x, y=y, height=140 + row_pixels * len(rows))
    return figure.update_layout(hovermode="closest", showlegend=False)


def _write_into_cells(figure: go.Figure, words_RC: list[list[str]], shade_RC: FloatArray) -> None:
    """Write in light or dark letters by the shade of each cell, 0 to 1."""
    columns, rows = figure.data[0].x, figure.data[0].y
    figure.add_scatter(
        x=[column for _ in rows for column in columns],
        y=[row for row in rows for _ in columns],
        text=[word for row in words_RC for word in row],
        textfont={
            "size": 13 if len(columns) <= FEW else 11,
            "color": [LIGHT if shade > DARK_FROM else DARK for shade in shade_RC.ravel()],
        },
        mode="text", hoverinfo="skip",
    )  # fmt: skip


def _span(values_RC: FloatArray) -> tuple[float, float]:
    known = values_RC[~np.isnan(values_RC)]
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    missing = max(0.0, LEAST_SPAN - (high - low))
    return low - missing / 2, high + missing / 2


def _in_cell(value: float, digits: int | None) -> str:
    """Write a score with so many digits, or without them a share in per cent."""
    if np.isnan(value):
        return ""
    return f"{100 * value:.0f}" if digits is None else as_score(float(value), digits)
