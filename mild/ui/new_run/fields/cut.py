"""The form of a new run, the cut: the rule that finds it, and labels planted to calibrate it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mild.config import MOST_PLANTED, RunConfig
from mild.core.selection.rules import RULES, Number
from mild.ui.new_run.widgets import at, key, share

_PLANTED = {
    "auto": "automatic: about 3 % of the images",
    "none": "none",
    "share": "a share you set",
}


def ask(base: RunConfig) -> dict[str, Any]:
    """Ask for rule, numbers, planted labels, and whether to wait; return values by option."""
    asked = base.selection
    rule = st.selectbox(
        "How the cut is found", list(RULES), at(RULES, asked.rule), key=key("rule"),
        format_func=lambda item: f"{item}: {RULES[item].label}",
        help="After each round, images misclassified in fewer epochs than the cut are kept. "
        "The fit: two groups, clean and mislabeled, fitted to those numbers of epochs.",
    )  # fmt: skip
    values: dict[str, Any] = {"rule": rule}
    for number in RULES[rule].numbers:
        values[number.name] = _ask_number(number, asked.numbers[number.name])
    values["planted_share"] = _ask_planted(asked.planted_share)
    values["wait"] = st.checkbox(
        "Wait for my cut after each round", asked.wait, key=key("wait"),
        help="The rule only proposes a cut; the run goes on once you have set it.",
    )  # fmt: skip
    return values


def _ask_number(number: Number, asked: float | None) -> float:
    """Ask for a number of a rule; `asked` is what the form starts from, if anything."""
    start, name = number.start if asked is None else asked, number.name.replace("_", " ")
    if number.kind == "probability":
        return float(st.slider(number.label, 0.05, 0.95, start, 0.05, key=key(name)))
    if number.kind == "share":
        return share(number.label, start, name=name, least=1)
    return float(
        st.number_input(number.label, 0.0, value=start, step=1.0, format="%.4g", key=key(name))
    )


def _ask_planted(asked: float | str) -> float | str:
    kind = asked if isinstance(asked, str) else "share" if asked else "none"
    chosen: str = st.selectbox(
        "Planted wrong labels", list(_PLANTED), at(list(_PLANTED), kind), key=key("planted"),
        format_func=lambda item: _PLANTED[item],
        help="Some images are trained with a wrong label on purpose, so that it is known how wrong "
        "labels are learned. Your labels stay as they are, and the final model has them all.",
    )  # fmt: skip
    if chosen != "share":
        return "auto" if chosen == "auto" else 0.0
    start = asked if isinstance(asked, float) and asked else 0.03
    percent = st.number_input(
        "Share to plant (%)", 0.0, 100 * MOST_PLANTED, 100 * start, 0.5, key=key("planted share"),
    )  # fmt: skip
    return start if percent == 100 * start else percent / 100
