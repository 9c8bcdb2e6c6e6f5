"""Curves of a run under way, as options of ECharts: a new point moves nothing that stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mild.figures import palette

FEW_STAGES = 4
"""Whose names have room beside each other."""
Options = dict[str, Any]


def memorized(
    curves: Mapping[str, Sequence[float]], stages: Mapping[str, int], n_epochs: int
) -> Options:
    """Draw the share memorized of each group in each epoch of all rounds, in per cent.

    Parameters
    ----------
    curves
        Group to shares from 0 to 1, nan where there is nothing to draw.
    stages
        Names of the rounds begun and the epochs in which they begin, counted from 1.
    n_epochs
        Epochs asked for, which the axis has room for from the first on.
    """
    begins = set(stages.values()) - {1}
    groups = [name for name in curves if name != "all"] or ["all"]
    series = [
        _line(name, [100 * share for share in curves[name]], palette.GROUPS[name], begins)
        for name in groups
    ]
    return _chart(series, stages, n_epochs, [_percent_axis()])


def learning(
    losses: Sequence[float],
    accuracies: Sequence[float | None],
    stages: Mapping[str, int],
    n_epochs: int,
) -> Options:
    """Draw training loss in nats, and held-out accuracy, if any, on an axis of its own."""
    series = [_line("training loss (nats)", losses, palette.LOSS)]
    axes: list[dict[str, Any]] = [{"type": "value", "splitNumber": 4}]
    if any(item is not None for item in accuracies):
        values = [math.nan if item is None else item for item in accuracies]
        series.append(_line("held-out accuracy", values, palette.ACCURACY) | {"yAxisIndex": 1})
        axes.append(_score_axis())
    return _chart(series, stages, n_epochs, axes)


def _line(
    name: str, values: Sequence[float], colour: str, begins: set[int] | None = None
) -> dict[str, Any]:
    """Make a line with a point per epoch from 1; a gap before each epoch that begins a round."""
    points: list[list[float | None]] = []
    for epoch, value in enumerate(values, start=1):
        if begins and epoch in begins:
            points.append([epoch - 0.5, None])
        points.append([epoch, None if math.isnan(value) else round(value, 3)])
    return {
        "type": "line", "name": name, "data": points, "symbolSize": 4,
        "showSymbol": len(points) <= 200, "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "width": 2}, "emphasis": {"disabled": True},
    }  # fmt: skip


def _chart(
    series: list[dict[str, Any]],
    stages: Mapping[str, int],
    n_epochs: int,
    axes: list[dict[str, Any]],
) -> Options:
    series[0] |= {"markLine": _marks(stages)}
    return {
        "animation": False,
        "legend": {"top": 0, "left": 0, "icon": "roundRect", "itemWidth": 16, "itemHeight": 4},
        "grid": {"top": 40, "left": 8, "right": 12, "bottom": 26, "containLabel": True},
        "tooltip": {"trigger": "axis", "valueFormatter": "localized"},
        "xAxis": {
            "type": "value", "min": 0.5, "max": max(2, n_epochs) + 0.5, "minInterval": 1,
            "name": "Epoch", "nameLocation": "middle", "nameGap": 24,
            "splitLine": {"show": False},
            "axisLabel": {"showMinLabel": False, "showMaxLabel": False},
        },
        "yAxis": axes,
        "series": series,
    }  # fmt: skip


def _percent_axis() -> dict[str, Any]:
    label = {"formatter": "{value} %"}
    return {"type": "value", "min": 0, "max": 100, "interval": 25, "axisLabel": label}


def _score_axis() -> dict[str, Any]:
    return {"type": "value", "min": 0, "max": 1, "interval": 0.25, "splitLine": {"show": False}}


def _marks(stages: Mapping[str, int]) -> dict[str, Any]:
    """Mark where each stage after the first begins, by a thin line with its name.

    Where names would lie on each other on a telephone, rounds have their number alone.
    """
    many = len(stages) > FEW_STAGES
    return {
        "silent": True, "symbol": "none", "animation": False,
        "lineStyle": {"color": palette.ALL, "type": "dotted", "width": 1},
        "label": {"position": "end", "rotate": 0, "fontSize": 10, "color": palette.ALL},
        "data": [
            {"xAxis": start - 0.5, "label": {"formatter": _short(name) if many else name}}
            for name, start in stages.items()
            if start > 1
        ],
    }  # fmt: skip


def _short(stage: str) -> str:
    return stage.removeprefix("round ").removesuffix(" model")
