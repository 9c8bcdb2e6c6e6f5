"""Live: what is happening right now?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui.current import choose_run  # noqa: E402
from mild.ui.live import panel as live_panel  # noqa: E402

st.title("Live")
if run := choose_run():
    live_panel.show(run)
