"""The lesson: one section at a time, what is done of it, and how one gets on."""

from __future__ import annotations

import streamlit as st

from mild.store.run import all_runs
from mild.ui.components.to_top import begin_at_top
from mild.ui.frame.boundary import fragment
from mild.ui.frame.current import no_runs
from mild.ui.learn import progress
from mild.ui.learn.plan import FIRST, REPLAYS, SECTIONS
from mild.ui.learn.sections.many_images import PLAYING

SECTION = "learn section"
ABOUT = (
    "How watching a network learn tells wrong labels from right ones. Everything here comes from "
    "recorded runs that ship with MILD: nothing is trained, nothing is downloaded."
)


def show() -> None:
    """Draw the section in the address, else the first; the address holds what it shows."""
    _keep_what_was_set()
    name = _choose()
    section = SECTIONS[name]
    st.header(section.title)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.caption(f":material/schedule: {section.minutes} minutes · **Goal:** {section.goal}")
    right.caption(progress.in_words(), text_alignment="right")
    if name == FIRST:
        st.markdown(ABOUT)
    if name == REPLAYS:
        section.show()
    else:
        fragment(section.show)()
    _onward(name)
    begin_at_top(name, key="top of lesson")


def _choose() -> str:
    names = list(SECTIONS)
    asked = st.query_params.get("section", FIRST)
    st.session_state.setdefault(SECTION, asked if asked in SECTIONS else FIRST)
    labels = {item: _label(number, item) for number, item in enumerate(names, start=1)}
    chosen = st.segmented_control(
        "Section", names, key=SECTION, required=True, label_visibility="collapsed",
        format_func=labels.__getitem__, on_change=_section_changed,
    )  # fmt: skip
    name: str = chosen or FIRST
    if st.query_params.get("section") != name:
        st.query_params["section"] = name
    return name


def _label(number: int, name: str) -> str:
    done = " :material/check_circle:" if progress.is_done(name) else ""
    return f"{number} {SECTIONS[name].title}{done}"


def _onward(name: str) -> None:
    names = list(SECTIONS)
    after = names[names.index(name) + 1 :]
    with st.container(horizontal=True, vertical_alignment="center"):
        if after:
            st.button(
                f"Next: {SECTIONS[after[0]].title}", icon=":material/arrow_forward:",
                key="press next", type="primary", on_click=_go, args=(name, after[0]),
                help="Ticks this section and opens the next one.",
            )  # fmt: skip
        progress.tick(name)
    if not after and not all_runs():
        no_runs()


def _go(name: str, after: str) -> None:
    progress.mark(name)
    st.session_state[SECTION] = after
    _section_changed()


def _section_changed() -> None:
    """Clear the rest of the address: it belongs to the section that was left."""
    st.session_state[PLAYING] = False
    st.query_params.from_dict({"section": st.session_state[SECTION] or FIRST})


def _keep_what_was_set() -> None:
    """Keep widgets that are not drawn, which streamlit forgets: a lesson goes back and forth."""
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith("learn "):
            st.session_state[key] = st.session_state[key]
