"""Review: which labels are wrong, and what do I do about each?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui.current import choose_run  # noqa: E402
from mild.ui.review import panel as review_panel  # noqa: E402

st.title("Review")
if run := choose_run():
    review_panel.show(run)
