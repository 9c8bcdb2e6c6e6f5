"""The dashboard: page configuration, navigation, and the one error boundary."""

from __future__ import annotations

import logging

import streamlit as st

from mild.errors import MildError
from mild.ui import shell
from mild.ui.words import plain

st.session_state["_router"] = True
st.set_page_config(page_title="MILD", page_icon=shell.ICON, layout="wide")
page = st.navigation(shell.pages(), position="top")
st.set_page_config(page_title=f"{page.title} · MILD")
st.logo(shell.LOGO, size="large")
if message := st.session_state.pop("_toast", None):
    st.toast(plain(message))

try:
    page.run()
except MildError as error:
    st.error(plain(str(error)), icon=":material/error:")
except Exception:
    logging.getLogger("mild").exception("page %s failed", page.title)
    st.error(
        "This page met a fault of ours. Nothing of your runs is lost. Reload the page; if it comes "
        "back, report it with the trace in the server's log.",
        icon=":material/bug_report:",
    )
