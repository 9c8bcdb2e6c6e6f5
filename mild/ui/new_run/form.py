"""The form of a new run: one widget per setting, named as on the command line."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mild.config import MOST_PLANTED, RunConfig, options, presets
from mild.core.selection.rules import RULES, Number
from mild.data.sources import SOURCES
from mild.errors import ConfigError
from mild.store.run import open_run
from mild.ui import data_preview
from mild.ui.new_run import more, noise, rounds
from mild.ui.new_run.fields import at, begin_anew, key, share
from mild.ui.words import plain

_PLANTED = {
    "auto": "automatic: about 3 % of the images",
    "none": "none",
    "share": "a share you set",
}
BLANK = RunConfig(name="my run")
"""What the form shows at first."""


def choose_base() -> RunConfig:
    """Where the form starts: blank, a preset, or the run that the address says to be like."""
    like = st.query_params.get("like")
    if st.session_state.get("form like", like) != like:
        begin_anew()
    st.session_state["form like"] = like
    if like is not None:
        config = open_run(like).config()
        if config.recorded:
            st.caption(f"{plain(like)} was recorded by a loop of its own: choose what it knew.")
            unknown = {"data": BLANK.data, "model": BLANK.model, "final": BLANK.final}
            return config.model_copy(update=unknown)
        st.caption(f"With the settings of {plain(like)}.")
        return config
    chosen = st.selectbox(
        "Start from",
        ["blank", *presets.NAMES],
        key="start from",
        on_change=begin_anew,
        format_func=lambda name: (
            "a blank form" if name == "blank" else f"{name}: {presets.describe(name)}"
        ),
    )
    return BLANK if chosen == "blank" else presets.preset(chosen)


def ask(base: RunConfig, problems: list[str]) -> tuple[dict[str, Any], DeltaGenerator]:
    """Values by option, as `options.read` takes them; what is not asked is left to `base`.

    What cannot be read at all is added to `problems`. The second is a place for what the settings
    come to in epochs and time.
    """
    values = {"name": st.text_input("Name", base.name, max_chars=80, key=key("name"))}
    values |= (data := _ask_data(base))
    values |= noise.ask(base.noise, _class_names(data, base), problems)
    in_rounds, total = rounds.ask(base)
    values |= in_rounds
    values |= _ask_rule(base)
    with st.expander("More settings"):
        values |= more.ask(base, data["data"])
    return values, total


def beneath(base: RunConfig) -> RunConfig:
    """What the values lie on: `base` without what the form asks for and may leave open."""
    return base.model_copy(
        update={
            "data": base.data.model_copy(
                update={"path": None, "workers": None, "test_fraction": None}
            ),
            "augmentation": base.augmentation.model_copy(
                update={"crop_padding": None, "flip": None}
            ),
        }
    )


def _class_names(data: dict[str, Any], base: RunConfig) -> tuple[str, ...] | None:
    try:
        return data_preview.class_names(options.read(data, beneath(base)).data)
    except ConfigError:
        return None


def _ask_data(base: RunConfig) -> dict[str, Any]:
    source = st.selectbox(
        "Images", list(SOURCES), at(SOURCES, base.data.source), key=key("data"),
        format_func=lambda item: SOURCES[item].label,
    )  # fmt: skip
    values: dict[str, Any] = {"data": source}
    if SOURCES[source].needs_path:
        values["path"] = st.text_input(
            "Folder or file", base.data.path or "", placeholder="/home/me/pictures",
            key=key("path"),
            help="On the machine that runs this dashboard. Nothing in it is changed.",
        )  # fmt: skip
    return values


def _ask_rule(base: RunConfig) -> dict[str, Any]:
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
    """A number that a rule asks for; `asked` is what the form starts from, if anything."""
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
