"""How the clean set changed from round to round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import as_text, finish

FloatArray = npt.NDArray[np.float64]

MOST_HOVERED = 80
"""Letters of a name that is told where the pointer rests."""


def flow_between_rounds(flows: Sequence[dict[str, tuple[int, int]]]) -> go.Figure:
    """Draw where instances go: in each round, those kept go on and those dropped leave.

    `flows` holds for each round, by kind of instance, how many it kept and how many it dropped.
    """
    names, sources, targets, values, colours = ["training set"], [], [], [], []
    before = 0
    for number, kinds in enumerate(flows, start=1):
        kept, dropped = len(names), len(names) + 1
        names += [f"kept by round {number}", f"dropped by round {number}"]
        for kind, (n_kept, n_dropped) in kinds.items():
            sources += [before, before]
            targets += [kept, dropped]
            values += [n_kept, n_dropped]
            colours += [_transparent(palette.GROUPS[kind])] * 2
        before = kept
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            valueformat=",d",
            node={"label": names, "pad": 18, "thickness": 14, "color": palette.ALL},
            link={"source": sources, "target": targets, "value": values, "color": colours},
        )
    )
    return figure.update_layout(height=320, margin={"l": 8, "r": 8, "t": 8, "b": 8})


def quality_by_round(curves: Mapping[str, Sequence[float | None]], height: int = 320) -> go.Figure:
    """Draw shares from 0 to 1 after each round, in per cent."""
    colours = (palette.CLEAN, palette.MISLABELED, palette.ALL, palette.ACCURACY)
    figure = go.Figure()
    for (name, shares), colour in zip(curves.items(), colours, strict=False):
        figure.add_scatter(
            x=list(range(1, len(shares) + 1)),
            y=[None if share is None else 100 * share for share in shares],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            hovertemplate="%{y:.1f} %",
        )
    figure.update_xaxes(dtick=1)
    return finish(figure, x="Round", y="Per cent", height=height)


def kept_by_class(kept_share_RC: FloatArray, class_names: Sequence[str]) -> go.Figure:
    """Draw the share of each class that each round kept, from the least kept to the most."""
    order = np.argsort(kept_share_RC[-1], kind="stable")
    n_rounds = len(kept_share_RC)
    figure = go.Figure(
        go.Heatmap(
            z=100 * kept_share_RC[:, order].T,
            x=[f"round {number + 1}" for number in range(n_rounds)],
            y=list(range(len(order))),
            zmin=0,
            zmax=100,
            colorscale=[[0, palette.MISLABELED], [0.5, "#cfd5de"], [1, palette.CLEAN]],
            colorbar={"title": "% kept"},
            customdata=np.array(
                [[as_text(class_names[i], MOST_HOVERED)] * n_rounds for i in order]
            ),
            hovertemplate="%{customdata}, %{x}: %{z:.1f} % kept<extra></extra>",
        )
    )
    figure.update_yaxes(
        tickvals=list(range(len(order))), ticktext=[as_text(class_names[i]) for i in order]
    )
    return finish(figure, x="", y="Given label", height=max(320, min(900, 16 * len(order))))


def _transparent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"
