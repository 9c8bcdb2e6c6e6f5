"""The dashboard: page configuration, navigation, and the one error boundary."""

from __future__ import annotations

import streamlit as st

from mild.ui.frame import shell
from mild.ui.frame.boundary import errors_as_sentences
from mild.ui.frame.warm import warm_up
from mild.ui.words import plain

with shell.routing():
    st.set_page_config(page_title="MILD", page_icon=shell.ICON, layout="wide")
    page = st.navigation(shell.pages(), position="top")
    st.set_page_config(page_title=f"{page.title} · MILD")
    st.logo(shell.LOGO, size="large")
    st.html(shell.STYLE)
    if message := st.session_state.pop("_toast", None):
        st.toast(plain(message))
    st.session_state[shell.PAGE] = page.url_path
    with errors_as_sentences():
        page.run()
warm_up()
