"""Draw two components over the counts of the lesson, by hand and squeezed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mild.figures import palette
from mild.figures.layout import finish
from mild.figures.lesson.marks import of_group

FloatArray = npt.NDArray[np.float64]

COUNT = "Epochs misclassified"


def mixtures_by_hand(
    groups: Mapping[str, Sequence[int]],
    mine_JC: FloatArray,
    fitted_C: FloatArray | None,
) -> go.Figure:
    """Draw images per count, and how many two components expect, shape (2, p + 1).

    `groups` holds "all" images, or the "clean" and the "mislabeled" ones, per count.
    """
    counts = list(range(mine_JC.shape[1]))
    figure = go.Figure()
    for group, bars in groups.items():
        figure.add_bar(
            x=counts, y=list(bars), name=f"{group} images", opacity=0.55, hovertemplate="%{y:,}",
            marker={"color": of_group(group), "line": {"width": 0}},
        )  # fmt: skip
    lines = [
        ("your clean component", mine_JC[0], palette.CLEAN, "solid"),
        ("your mislabeled component", mine_JC[1], palette.MISLABELED, "solid"),
    ]
    if fitted_C is not None:
        lines.append(("the fitted mixture", fitted_C, palette.ACCURACY, "dot"))
    for name, values, colour, dash in lines:
        figure.add_scatter(
            x=counts, y=values.tolist(), name=name, mode="lines+markers", marker={"size": 5},
            line={"color": colour, "width": 2.5, "dash": dash}, hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    finish(figure, x=f"{COUNT} (of {len(counts) - 1})", y="Images", height=400)
    return figure.update_layout(barmode="stack")


def squeeze(shapes_S: FloatArray, curves: Mapping[str, Sequence[float]], shape: float) -> go.Figure:
    """Draw the log-likelihood as one component is squeezed onto a single count."""
    looks = {
        "density": ("with densities: grows for ever", palette.MISLABELED, "dash"),
        "grouped": ("with probabilities, as MILD does", palette.CLEAN, "solid"),
    }
    figure = go.Figure()
    for key, (name, colour, dash) in looks.items():
        figure.add_scatter(
            x=shapes_S.tolist(), y=list(curves[key]), name=name, mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash}, hovertemplate="%{y:,.0f}",
        )  # fmt: skip
    figure.add_hline(y=0, line={"width": 1, "color": palette.ALL})
    figure.add_vline(x=shape, line={"width": 1, "dash": "dot", "color": palette.ALL})
    figure.update_xaxes(type="log", dtick=1)
    return finish(figure, x="Shape of the squeezed component", y="Log-likelihood (nats)")
