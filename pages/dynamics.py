"""Dynamics: how was each instance memorized and forgotten?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui.current import choose_round, choose_run  # noqa: E402
from mild.ui.dynamics import follow  # noqa: E402
from mild.ui.dynamics import panel as dynamics_panel  # noqa: E402

st.title("Dynamics")
if run := choose_run():
    n_rounds = run.rounds_begun()
    if not n_rounds:
        st.info("There is nothing to see yet: this run has not finished its first epoch.")
        follow.wait_for_first_epoch(run)
    else:
        dynamics_panel.show(run, choose_round(run, n_rounds))
