"""One click from home: a quick look at a folder of one's own images."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.config import DataConfig
from mild.data.places import typed_path
from mild.preflight import problems
from mild.preflight.quick_look import quick_look
from mild.ui.frame.start import start_and_watch
from mild.ui.words import plain


def quick_look_button() -> None:
    """A button that asks for the folder, and starts the run or says why not; for owners."""
    if not may(Role.OWNER):
        return
    with st.popover("Quick look at my images", icon=":material/bolt:"):
        st.caption(
            "Minutes for a few thousand photographs: a network that learned from a million others "
            "computes the features of yours once, and only what tells your classes is trained."
        )
        path = st.text_input(
            "Folder with one sub-folder per class", placeholder="/home/me/pictures",
            key="quick path",
        )  # fmt: skip
        if not st.button("Look", type="primary", key="quick start"):
            return
        config = quick_look(DataConfig(source="folder", path=typed_path(path)))
        if found := problems(config):
            st.error("\n".join(f"- {plain(item)}" for item in found), icon=":material/error:")
        else:
            start_and_watch(config)
