"""Register the chart of the cut, send it counts and scores, and hear where the cut was left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.rounds.every_cut import EveryCut, OneCut
from mild.figures import palette
from mild.ui.heard import part

_HERE = Path(__file__).parent
_HTML = """
<div class="readout" role="status" aria-live="polite"></div>
<div class="legend"></div>
<svg class="chart" width="100%" height="380"></svg>
"""

in_browser = st.components.v2.component(
    "mild_cut",
    html=_HTML,
    css=(_HERE / "cut.css").read_text(encoding="utf-8"),
    js=(_HERE / "cut.js").read_text(encoding="utf-8"),
)
_COLOURS = palette.GROUPS | {
    "posterior": palette.ACCURACY,
}


def cut_chart(
    every: EveryCut,
    chosen: OneCut,
    *,
    key: str,
    on_cut: Callable[[float], None],
    field: str = "",
    with_scores: bool = True,
    whole: bool = False,
    things: str = "images",
) -> None:
    """Draw a round with the chosen cut; `on_cut` is called with the cut where a person lets go.

    `field` is the key of a number field that follows the drag.
    `with_scores` tells precision and recall above the chart; not where they are measured below it.
    `whole` lets the cut stop at whole counts only. `things` is what instances are called. Counts
    and scores of every cut are sent once, so that they follow the drag without the server.
    """

    def moved() -> None:
        asked = part(st.session_state.get(key), "cut")
        if isinstance(asked, int | float) and 0 <= asked <= every.n_epochs + 1:
            on_cut(float(asked))

    here = {
        "cut": chosen.cut,
        "keptHere": chosen.n_kept,
        "scoresHere": {name: _rounded([value], 5)[0] for name, value in chosen.scores.items()},
    }
    asked = {"token": key, "whole": whole, "field": field, "things": things}
    data = asked | here | _facts(every, with_scores=with_scores)
    in_browser(key=key, data=data, on_cut_change=moved)


def cut_format(n_epochs: int) -> str:
    """Return how a number field shows a cut: whole ones without a point, others to a hundredth."""
    return f"%.{len(str(n_epochs + 1)) + 2}g"


def _facts(every: EveryCut, *, with_scores: bool) -> dict[str, Any]:
    """Return what the browser needs: arrays as long as there are epochs, never instances."""
    expected, posterior, planted = every.expected_JC, every.posterior_C, every.planted_C
    scores = every.scores_K if with_scores else {}
    return {
        "ruleCut": every.rule_cut,
        "rule": every.rule,
        "epochs": every.n_epochs,
        "perCount": every.steps_per_count,
        "kept": every.kept_K.tolist(),
        "groups": [{"name": name, "counts": counts} for name, counts in every.groups_C.items()],
        "planted": None if planted is None else planted.tolist(),
        "expected": None if expected is None else [_rounded(row, 1) for row in expected],
        "posterior": None if posterior is None else _rounded(posterior, 4),
        "scores": {name: _rounded(values, 5) for name, values in scores.items()},
        "scoresAre": "true" if every.scores_are_true else "estimated",
        "colours": _COLOURS,
    }


def _rounded(values: npt.ArrayLike, digits: int) -> list[float | None]:
    """Round as JSON takes it: null for nan, which alone differs from itself."""
    numbers = np.round(np.asarray(values, dtype=np.float64), digits).tolist()
    return [None if number != number else number for number in numbers]
