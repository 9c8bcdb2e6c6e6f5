"""The lesson: which sections there are, and how one gets from one to the next."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mild.store.run import all_runs
from mild.ui.boundary import fragment
from mild.ui.current import no_runs
from mild.ui.learn import cut as learn_cut
from mild.ui.learn import exercises as learn_exercises
from mild.ui.learn import many_images as learn_class
from mild.ui.learn import one_image as learn_one_image
from mild.ui.learn import planting as learn_planting
from mild.ui.learn import quiz as learn_quiz
from mild.ui.learn import rounds as learn_rounds
from mild.ui.learn import weibulls as learn_weibulls
from mild.ui.learn import why as learn_why

SECTION = "learn section"
SECTIONS: dict[str, tuple[str, Callable[[], None]]] = {
    "one-image": ("One image", learn_one_image.show),
    "many-images": ("Many images", learn_class.show),
    "why": ("Why count", learn_why.show),
    "weibulls": ("Two Weibulls", learn_weibulls.show),
    "cut": ("The cut", learn_cut.show),
    "planting": ("Planting", learn_planting.show),
    "rounds": ("Rounds", learn_rounds.show),
    "misunderstandings": ("True or false", learn_quiz.show),
    "exercises": ("Exercises", learn_exercises.show),
}
REPLAYS = "many-images"
"""Keeps its own time, in a fragment of its own."""


def show() -> None:
    """The section in the address, else the first; the address holds what it shows."""
    _keep_what_was_set()
    names = list(SECTIONS)
    asked = st.query_params.get("section", names[0])
    st.session_state.setdefault(SECTION, asked if asked in SECTIONS else names[0])
    name = st.segmented_control(
        "Section", names, key=SECTION, required=True, label_visibility="collapsed",
        format_func=lambda item: f"{names.index(item) + 1} {SECTIONS[item][0]}",
        on_change=_section_changed,
    )  # fmt: skip
    name = name or names[0]
    if st.query_params.get("section") != name:
        st.query_params["section"] = name
    title, draw = SECTIONS[name]
    st.header(title)
    if name == REPLAYS:
        draw()
    else:
        fragment(draw)()
    _onward(names, name)


def _onward(names: list[str], name: str) -> None:
    position = names.index(name)
    if position + 1 < len(names):
        after = names[position + 1]
        st.button(
            f"Next: {SECTIONS[after][0]}", icon=":material/arrow_forward:", key="press next",
            type="primary", on_click=_go, args=(after,),
        )  # fmt: skip
    elif not all_runs():
        no_runs()


def _go(name: str) -> None:
    st.session_state[SECTION] = name
    _section_changed()


def _section_changed() -> None:
    """The rest of the address belongs to the section that was left."""
    st.session_state[learn_class.PLAYING] = False
    st.query_params.from_dict({"section": st.session_state[SECTION] or "one-image"})


def _keep_what_was_set() -> None:
    """Streamlit forgets widgets that are not drawn; a lesson goes back and forth."""
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith("learn "):
            st.session_state[key] = st.session_state[key]
