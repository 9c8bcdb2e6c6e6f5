"""Home before the first run: three ways to begin."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.ui.frame import glimpses
from mild.ui.frame.demo import demo_button
from mild.ui.frame.empty import NO_RUN
from mild.ui.frame.start import open_page
from mild.ui.runs.quick import quick_look_button


def show() -> None:
    """Draw three cards side by side, below each other where the window is narrow."""
    st.title("Which labels are wrong?")
    st.markdown(
        f"{NO_RUN} A *run* trains a network in the background and records, image by image, when "
        "each label is memorized: right ones early, wrong ones late or never."
    )
    if not may(Role.OWNER):
        st.markdown("Runs are started by the owners of this dashboard.")
        _lesson(st.columns(3, gap="medium")[0])
        return
    mine, example, lesson = st.columns(3, gap="medium")
    with mine, _card("review", "Check my images"):
        st.markdown("A folder with one sub-folder per class, or a table of labels, is enough.")
        if st.button(
            "Choose my images", icon=":material/photo_library:", type="primary",
            key="check my images",
        ):  # fmt: skip
            open_page("new_run")
        quick_look_button()
    with example, _card("live", "See it on an example"):
        st.markdown("1,797 handwritten digits, 40 % of their labels drawn anew: half a minute.")
        demo_button("secondary")
    _lesson(lesson)


def _lesson(place: st.delta_generator.DeltaGenerator) -> None:
    with place, _card("selection", "Learn how it works"):
        st.markdown("A lesson to play with, on recorded runs. Nothing has to be trained.")
        if st.button("Open the lesson", icon=":material/school:", key="lesson"):
            open_page("learn")


def _card(picture: str, title: str) -> st.delta_generator.DeltaGenerator:
    card = st.container(border=True, height="stretch")
    with card:
        st.subheader(title, anchor=False)
        glimpses.show(picture)
    return card
