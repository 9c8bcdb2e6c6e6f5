"""The quick look on the form of a new run: why it serves better, and one button that starts it."""

from __future__ import annotations

import streamlit as st

from mild.config import RunConfig
from mild.preflight.quick_look import quick_look, recommended
from mild.ui.frame.start import start_and_watch
from mild.ui.words import plain


def offer(config: RunConfig, n_images: int) -> None:
    """Offer a quick look where it serves better than what the form asks for."""
    if config.data.path is None or (why := recommended(config, n_images)) is None:
        return
    with st.container(border=True):
        st.markdown(f"**A quick look first?** {plain(why)}")
        if st.button("Quick look at my images", icon=":material/bolt:", key="quick look"):
            start_and_watch(quick_look(config.data))
