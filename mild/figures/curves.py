"""Curves over the epochs of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import SCORE_TICKS, as_drawn, finish, mark_stages, with_band
from mild.scale import SCORE

EPOCHS = "Epoch, all rounds one after another"


def memorized_curves(
    curves: Mapping[str, Sequence[float]], stages: dict[str, int], things: str = "images"
) -> go.Figure:
    """Draw the share of instances whose given label was predicted, in per cent, per epoch.

    `curves` maps a group ("all"; "clean" and "mislabeled", or "kept" and "flagged"; "planted") to
    shares from 0 to 1, nan where there is nothing to draw; `stages` the names of the rounds to the
    epochs in which they begin; `things` is what people call instances. Clean labels rise early,
    wrong ones late, planted ones among the latter: the picture that explains the method.
    """
    figure = go.Figure()
    begins = set(stages.values()) - {1}
    for group, shares in curves.items():
        x, y = _with_gaps([100 * share for share in shares], begins)
        figure.add_scatter(
            x=x,
            y=y,
            name=f"{group} {things}",
            mode="lines+markers",
            marker={"size": 4},
            line={
                "color": palette.GROUPS[group],
                "width": 2,
                "dash": "dot" if group == "all" else "solid",
            },
            hovertemplate="%{y:.1f} %",
        )
    mark_stages(figure, stages)
    figure.update_yaxes(range=with_band(100), dtick=20, tick0=0)
    figure.update_xaxes(range=[0.5, max(2, max(map(len, curves.values()), default=0)) + 0.5])
    return finish(figure, x=EPOCHS, y=f"Memorized (% of {things})")


def _with_gaps(values: Sequence[float], begins: set[int]) -> tuple[list[float], list[float]]:
    """Return epochs from 1 and their values, with a gap before each epoch that begins a round.

    Examples
    --------
    >>> _with_gaps([1.0, 2.0], {2})
    ([1, 1.5, 2], [1.0, nan, 2.0])
    """
    x: list[float] = []
    y: list[float] = []
    for epoch, value in enumerate(values, start=1):
        if epoch in begins:
            x.append(epoch - 0.5)
            y.append(float("nan"))
        x.append(epoch)
        y.append(value)
    return x, y


def learning_curves(
    losses: Sequence[float], accuracies: Sequence[float | None], stages: dict[str, int]
) -> go.Figure:
    """Draw training loss in nats, and accuracy on the held-out part, per epoch.

    Where there is no accuracy at all, it has no axis.
    """
    epochs = list(range(1, len(losses) + 1))
    figure = go.Figure()
    figure.add_scatter(
        x=epochs, y=list(losses), name="training loss (nats)", mode="lines",
        line={"color": palette.LOSS, "width": 2}, hovertemplate="%{y:.3f} nats",
    )  # fmt: skip
    mark_stages(figure, stages)
    finish(figure, x=EPOCHS, y="Training loss (nats)")
    figure.update_yaxes(range=with_band(max(losses, default=1.0)))
    if any(item is not None for item in accuracies):
        _add_accuracy(figure, accuracies)
    return figure


def _add_accuracy(figure: go.Figure, accuracies: Sequence[float | None]) -> None:
    figure.add_scatter(
        x=list(range(1, len(accuracies) + 1)),
        name="held-out accuracy", mode="lines", yaxis="y2",
        line={"color": palette.ACCURACY, "width": 2}, **as_drawn(accuracies, SCORE),
    )  # fmt: skip
    figure.update_layout(
        yaxis2={
            "title": "Held-out accuracy", "overlaying": "y", "side": "right",
            "range": with_band(1), "dtick": 0.2, "showgrid": False, "automargin": True,
            "labelalias": SCORE_TICKS,
        }
    )  # fmt: skip
