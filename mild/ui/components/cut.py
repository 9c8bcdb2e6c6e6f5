"""The histogram of the metric with a cut that is dragged, or moved by arrow keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.figures import palette
from mild.ui.selection.round_view import RoundView

_HERE = Path(__file__).parent
_HTML = """
<div class="readout" role="status" aria-live="polite"></div>
<div class="legend"></div>
<svg class="chart" width="100%" height="380"></svg>
"""

_mount = st.components.v2.component(
    "mild_cut",
    html=_HTML,
    css=(_HERE / "cut.css").read_text(encoding="utf-8"),
    js=(_HERE / "cut.js").read_text(encoding="utf-8"),
)


def cut_chart(
    view: RoundView,
    cut: int,
    *,
    key: str,
    on_cut: Callable[[int], None],
    with_scores: bool = True,
) -> None:
    """Draw `view` with its cut; `on_cut` is called with the cut at which a person lets go.

    `with_scores` tells precision and recall above the chart; not where they are measured below it.
    Counts and scores of every cut are sent once, so that they follow the drag without the server.
    """

    def moved() -> None:
        asked = st.session_state[key].get("cut")
        if isinstance(asked, int | float) and 0 <= asked <= view.n_epochs + 1:
            on_cut(round(asked))

    facts = view.once("chart", lambda: cut_data(view))
    if not with_scores:
        facts = facts | {"scores": {}}
    _mount(key=key, data={"token": key, "cut": cut} | facts, on_cut_change=moved)


def cut_data(view: RoundView) -> dict[str, Any]:
    """What the browser needs: arrays of the length of the number of epochs, never of instances."""
    known = view.clean_by_count is not None
    expected, posterior = view.expected(), view.posterior()
    groups = view.bars(0) if known else {"all": view.n_by_count.tolist()}
    return {
        "ruleCut": view.selection.cut,
        "rule": view.selection.rule,
        "epochs": view.n_epochs,
        "groups": [{"name": name, "counts": counts} for name, counts in groups.items()],
        "expected": None if expected is None else [_short(row) for row in expected],
        "posterior": None if posterior is None else _short(posterior, 4),
        "scores": {name: _short(values, 4) for name, values in view.scores().items()},
        "scoresAre": "true" if known else "estimated",
        "colours": {
            "clean": palette.CLEAN,
            "mislabeled": palette.MISLABELED,
            "all": palette.ALL,
            "posterior": palette.ACCURACY,
        },
    }


def _short(values: npt.NDArray[np.float64], digits: int = 1) -> list[float | None]:
    return [None if np.isnan(item) else round(float(item), digits) for item in values]
