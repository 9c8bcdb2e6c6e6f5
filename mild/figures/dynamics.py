"""How instances were memorized and forgotten: histograms, a density, one instance's timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import finish, texts_apart

IntArray = npt.NDArray[np.integer[Any]]


def counts_by_group(
    counts: Mapping[str, Sequence[int]],
    starts: Sequence[int],
    *,
    width: int,
    x: str,
    never: bool = False,
    things: str = "images",
) -> go.Figure:
    """Draw a histogram of whole numbers, one bar per bin, groups on top of each other.

    Parameters
    ----------
    counts
        For each group its instances in each bin.
    starts
        The lowest value of each bin; `width` values belong to one.
    never
        Whether the last bin stands for instances where it never happened.
    things
        What people call instances.
    """
    figure = go.Figure()
    places = list(range(len(starts)))
    names = [str(start) if width == 1 else f"{start} to {start + width - 1}" for start in starts]
    if never:
        names[-1] = "never"
    for group, values in counts.items():
        figure.add_bar(
            x=places, y=list(values), name=f"{group} {things}", customdata=names,
            marker={"color": palette.GROUPS.get(group, palette.ALL), "line": {"width": 0}},
            hovertemplate="%{customdata}: %{y:,}",
        )  # fmt: skip
    every = max(1, -(-len(places) // 12))
    ticks = places[::every]
    if never and places[-1] - ticks[-1] < every and len(ticks) > 1:
        ticks = [*ticks[:-1], places[-1]]
    finish(figure, x=x, y=things.capitalize(), height=300)
    figure.update_xaxes(
        tickvals=ticks, ticktext=["never" if names[i] == "never" else str(starts[i]) for i in ticks]
    )
    return figure.update_layout(barmode="stack", hovermode="closest")


def density(
    n_YX: IntArray,
    second_YX: IntArray | None,
    x_starts: Sequence[int],
    y_starts: Sequence[int],
    *,
    x: str,
    y: str,
    second: str,
    things: str = "images",
    region: tuple[float, float, float, float] | None,
) -> go.Figure:
    """Draw how many instances share two numbers, on a logarithmic colour scale.

    Parameters
    ----------
    n_YX, second_YX
        Shape (Y, X), instances per cell, and those of the group called `second`.
    region
        Lowest and highest x, lowest and highest y of a frame to draw.
    """
    shown_YX = np.where(n_YX > 0, np.log10(np.maximum(n_YX, 1)), np.nan)
    decades = list(range(int(np.ceil(np.nanmax(shown_YX, initial=0))) + 1))
    figure = go.Figure(
        go.Heatmap(
            z=shown_YX, x=list(x_starts), y=list(y_starts), colorscale="Viridis",
            text=_cell_words(n_YX, second_YX, second, things),
            hovertemplate=f"{x} %{{x}}, {y} %{{y}}: %{{text}}<extra></extra>",
            colorbar={
                "title": things.capitalize(), "tickvals": decades, "thickness": 14,
                "ticktext": [f"{10**d:,}" for d in decades],
            },
        )
    )  # fmt: skip
    grid_x, grid_y = np.meshgrid(x_starts, y_starts)
    figure.add_scatter(  # nothing to see: a frame drawn with the mouse selects points alone
        x=grid_x.ravel(), y=grid_y.ravel(), mode="markers", marker={"opacity": 0, "size": 1},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    if region is not None:
        x0, x1, y0, y1 = region
        figure.add_shape(
            type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": palette.MISLABELED, "width": 3}
        )
    finish(figure, x=x, y=y, height=420)
    return figure.update_layout(hovermode="closest", dragmode="select")


def _cell_words(
    n_YX: IntArray, second_YX: IntArray | None, second: str, things: str
) -> list[list[str]]:
    """Say what is in each cell, and the share of the second group."""
    return [
        [
            f"{n:,} {things.removesuffix('s') if n == 1 else things}"
            + ("" if second_YX is None else f", {100 * second_YX[i, j] / max(1, n):.0f} % {second}")
            for j, n in enumerate(row)
        ]
        for i, row in enumerate(n_YX.tolist())
    ]


def timeline(taken_for: Sequence[str], memorized_E: npt.NDArray[np.bool_], given: str) -> go.Figure:
    """Draw what one instance was predicted as in each epoch; memorized where that is its label."""
    unlike = list(dict.fromkeys((given, *taken_for)))
    shown = dict(zip(unlike, texts_apart(unlike), strict=True))
    taken_for, given = [shown[name] for name in taken_for], shown[given]
    names = sorted(set(taken_for) - {given}, key=lambda name: -list(taken_for).count(name))
    epochs = np.arange(1, len(taken_for) + 1)
    figure = go.Figure()
    kinds = (
        ("memorized", True, palette.MEMORIZED),
        ("misclassified", False, palette.MISCLASSIFIED),
    )
    for kind, wanted, colour in kinds:
        at = np.flatnonzero(memorized_E == wanted)
        figure.add_scatter(
            x=epochs[at], y=[taken_for[int(i)] for i in at], name=kind, mode="markers",
            marker={
                "symbol": "square", "size": max(4, min(14, 900 // max(1, len(epochs)))),
                "color": palette.hex_of(colour), "line": {"width": 1, "color": palette.ALL},
            },
            hovertemplate="epoch %{x}: predicted as %{y}<extra></extra>",
        )  # fmt: skip
    finish(figure, x="Epoch", y="Predicted as", height=140 + 26 * min(12, len(names) + 1))
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=[*reversed(names), given]
    )
    figure.update_xaxes(range=[0, len(taken_for) + 1])
    return figure.update_layout(hovermode="closest")
