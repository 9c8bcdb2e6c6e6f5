"""How the clean set changed from round to round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.compare import heat_map
from mild.figures.layout import SCORE_TICKS, as_drawn, finish, texts_apart
from mild.scale import SCORE, SHARE, scale_of

FloatArray = npt.NDArray[np.float64]

FEW_ROUNDS = 4
"""Up to which numbers of instances fit beside the bars, on a telephone as well."""
TALL, LEAST_ROW, MOST_ROW = 900, 9, 32
"""Pixels of all rows of classes together, and of a row at least and at most."""


def flow_between_rounds(flows: Sequence[dict[str, tuple[int, int]]]) -> go.Figure:
    """Draw where instances go: in each round, those kept go on and those dropped leave.

    `flows` holds for each round, by kind of instance, how many it kept and how many it dropped.
    Beside a bar stands how many are kept, or, with a minus, dropped; where there are many rounds,
    for which numbers would lie on each other, the number of the round.
    """
    words, labels, sources, targets, values, colours = ["training set"], [""], [], [], [], []
    if flows and len(flows) <= FEW_ROUNDS:
        labels = [f"{sum(map(sum, flows[0].values())):,}"]
    before, few = 0, len(flows) <= FEW_ROUNDS
    for number, kinds in enumerate(flows, start=1):
        n_kept, n_dropped = (sum(flow[side] for flow in kinds.values()) for side in (0, 1))
        kept, dropped = len(words), len(words) + 1
        words += [f"kept by round {number}", f"dropped by round {number}"]
        labels += [f"{n_kept:,}", f"−{n_dropped:,}"] if few else [str(number), ""]
        for kind, (n_kept, n_dropped) in kinds.items():
            sources += [before, before]
            targets += [kept, dropped]
            values += [n_kept, n_dropped]
            # As everywhere where the truth is unknown, the groups are what is kept and flagged.
            sides = ("kept", "flagged") if kind == "all" else (kind, kind)
            colours += [_transparent(palette.GROUPS[side]) for side in sides]
        before = kept
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            valueformat=",d",
            node={
                "label": labels, "customdata": words, "pad": 18, "thickness": 14,
                "color": palette.ALL, "hovertemplate": "%{customdata}: %{value}<extra></extra>",
            },
            link={
                "source": sources, "target": targets, "value": values, "color": colours,
                "hovertemplate": "%{target.customdata}: %{value}<extra></extra>",
            },
        )
    )  # fmt: skip
    return figure.update_layout(height=320, margin={"l": 8, "r": 8, "t": 8, "b": 8})


def quality_by_round(curves: Mapping[str, Sequence[float | None]], height: int = 320) -> go.Figure:
    """Draw scores and shares from 0 to 1 after each round; shares alone in per cent.

    What is both has one axis from 0 to 1, on which a pointer still reads each as it is written.
    """
    scales = {name: scale_of(name) for name in curves}
    alike = set(scales.values())
    axis = SCORE if SCORE in alike else SHARE
    colours = (palette.CLEAN, palette.MISLABELED, palette.ALL, palette.ACCURACY)
    figure = go.Figure()
    for (name, values), colour in zip(curves.items(), colours, strict=False):
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            **as_drawn(values, scales[name]) | {"y": [axis.drawn(value) for value in values]},
        )
    figure.update_xaxes(dtick=1)
    if max(map(len, curves.values()), default=0) == 1:  # there is no round 0, nor a second one
        figure.update_xaxes(range=[0.5, 1.5])
    title = "Score or share" if len(alike) > 1 else "Score" if axis is SCORE else "Share (%)"
    finish(figure, x="Round", y=title, height=height)
    return figure.update_yaxes(labelalias=SCORE_TICKS) if axis is SCORE else figure


def kept_by_class(kept_share_RC: FloatArray, class_names: Sequence[str]) -> go.Figure:
    """Draw the share of each class that each round kept, from the least kept to the most."""
    order = np.argsort(kept_share_RC[-1], kind="stable")
    return heat_map(
        kept_share_RC[:, order].T,
        [str(number + 1) for number in range(len(kept_share_RC))],
        texts_apart([class_names[i] for i in order]),
        x="Round",
        y="Given label",
        title="kept",
        row_pixels=max(LEAST_ROW, min(MOST_ROW, TALL // max(1, len(order)))),
    )


def _transparent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"
