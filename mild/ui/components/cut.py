"""The histogram of the metric with a cut that is dragged, or moved by arrow keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.rounds.round_view import RoundView
from mild.figures import palette

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
    cut: float,
    *,
    key: str,
    on_cut: Callable[[float], None],
    field: str = "",
    with_scores: bool = True,
    whole: bool = False,
) -> None:
    """Draw `view` with its cut; `on_cut` is called with the cut at which a person lets go.

    `field` is the key of a number field that follows the drag.
    `with_scores` tells precision and recall above the chart; not where they are measured below it.
    `whole` lets the cut stop at whole counts only. Counts and scores of every cut are sent once,
    so that they follow the drag without the server.
    """

    def moved() -> None:
        asked = st.session_state[key].get("cut")
        if isinstance(asked, int | float) and 0 <= asked <= view.n_epochs + 1:
            on_cut(float(asked))

    facts = view.once("chart", lambda: cut_data(view))
    if not with_scores:
        facts = facts | {"scores": {}}
    here = {"cut": cut, "keptHere": view.kept(cut), "scoresHere": _scores_at(view, cut)}
    _mount(
        key=key,
        data={"token": key, "whole": whole, "field": field} | here | facts,
        on_cut_change=moved,
    )


def cut_format(n_epochs: int) -> str:
    """How a number field shows a cut: whole ones without a point, others to a hundredth."""
    return f"%.{len(str(n_epochs + 1)) + 2}g"


def cut_data(view: RoundView) -> dict[str, Any]:
    """What the browser needs: arrays of the length of the number of epochs, never of instances."""
    known = view.truth_known
    expected, posterior, planted = view.expected(), view.posterior(), view.planted_by_count
    groups = view.bars(0) if known else {"all": view.n_by_count.tolist()}
    return {
        "ruleCut": view.selection.cut,
        "rule": view.selection.rule,
        "epochs": view.n_epochs,
        "perCount": view.steps_per_count,
        "kept": view.kept_at().tolist(),
        "groups": [{"name": name, "counts": counts} for name, counts in groups.items()],
        "planted": None if planted is None else planted.tolist(),
        "expected": None if expected is None else [_short(row) for row in expected],
        "posterior": None if posterior is None else _short(posterior, 4),
        "scores": {name: _short(values, 4) for name, values in view.scores().items()},
        "scoresAre": "true" if known else "estimated",
        "colours": {
            "clean": palette.CLEAN,
            "mislabeled": palette.MISLABELED,
            "all": palette.ALL,
            "posterior": palette.ACCURACY,
            "planted": palette.PLANTED,
        },
    }


def _scores_at(view: RoundView, cut: float) -> dict[str, float | None]:
    found: Any = view.truth(cut) or view.estimate(cut)
    names = ("precision", "recall", "f1_flagged")
    return {} if found is None else {name: _one(getattr(found, name), 4) for name in names}


def _one(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(value, digits)


def _short(values: npt.NDArray[np.float64], digits: int = 1) -> list[float | None]:
    return [_one(float(item), digits) for item in values]
