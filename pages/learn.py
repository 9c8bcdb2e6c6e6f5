"""Learn: how does it work? A lesson one can play with."""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui.learn import panel as learn_panel  # noqa: E402

st.title("Learn")
st.caption(
    "How watching a network learn tells wrong labels from right ones. Everything here comes from "
    "recorded runs that ship with MILD: nothing is trained, nothing is downloaded."
)
learn_panel.show()
