"""What all plots share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from mild.figures import palette
from mild.scale import Scale
from mild.visible import visible

MOST_LETTERS = 24
"""Of a name at an axis or in a legend."""


def as_text(name: str, most: int = MOST_LETTERS) -> str:
    """Write a name so that plotly, which reads a small HTML, shows it as it is.

    Examples
    --------
    >>> as_text("<b>cat</b>")
    '&lt;b&gt;cat&lt;/b&gt;'
    """
    return escape(visible(name, most), quote=False)


def texts_apart(names: Sequence[str], most: int = MOST_LETTERS) -> list[str]:
    """As `as_text`; with their number where two names would look the same."""
    short = [as_text(name, most) for name in names]
    if len(set(short)) == len(short):
        return short
    return [f"{label}: {name}" for label, name in enumerate(short)]


def finish(figure: go.Figure, *, x: str, y: str, height: int = 320) -> go.Figure:
    """Set axis titles with their units, a legend on top, and room for nothing else."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "title": None,
            "traceorder": "normal",
        },
        hovermode="x unified",
        bargap=0.08,
        xaxis={"title": {"text": x}, "automargin": True},
        yaxis={"title": {"text": y}, "automargin": True, "separatethousands": True},
    )  # all at once: each call of plotly's costs milliseconds, and live charts are drawn often
    return figure


SCORE_TICKS = {f"{i / 100:g}": f"{i / 100:g}".removeprefix("0") for i in range(1, 100)}
"""As plotly writes a score at an axis, and as the field does: 0.5 and .5."""


def as_drawn(values: Iterable[float | None], scale: Scale) -> dict[str, Any]:
    """Make of values from 0 to 1 what a line needs: where they lie, and what a pointer reads."""
    listed = list(values)
    return {
        "y": [scale.drawn(value) for value in listed],
        "text": [scale.write(value) for value in listed],
        "hovertemplate": "%{text}",
    }


BAND = 0.09
"""Height of the band for names of stages, as a share of what is above it."""
NAME_WIDTH = 0.12
"""Room for the name of a stage, as a share of the epochs."""


def mark_stages(figure: go.Figure, stages: dict[str, int]) -> None:
    """Draw a thin line where each stage begins, and its name in a band below, if there is room.

    `stages` maps names to epochs counted from 1; `with_band` makes the band.
    """
    lines = [_line(start - 0.5) for start in stages.values() if start > 1]
    names: list[dict[str, Any]] = []
    free = 0.0
    for name, start in stages.items():
        if start >= free:
            names.append(_name(start - 0.5, name))
            free = start + NAME_WIDTH * max(stages.values())
    figure.update_layout(shapes=lines, annotations=names)


def with_band(highest: float) -> list[float]:
    """Return the range of an axis from 0 to `highest`, with a band below for names of stages."""
    return [-BAND * highest, 1.02 * highest]


def _line(x: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain",
        "line": {"width": 1, "dash": "dot", "color": palette.ALL},
    }  # fmt: skip


def _name(x: float, name: str) -> dict[str, Any]:
    return {
        "x": x, "y": 0, "yref": "paper", "yanchor": "bottom", "xanchor": "left",
        "showarrow": False, "text": name, "font": {"size": 11},
    }  # fmt: skip
