"""Selection: where is the cut, and what does it keep?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui.current import choose_round, choose_run  # noqa: E402
from mild.ui.selection import panel as selection_panel  # noqa: E402

st.title("Selection")
if run := choose_run():
    n_rounds = run.rounds_begun()
    if not n_rounds:
        st.info("There is nothing to select from yet: this run has not finished its first epoch.")
    else:
        selection_panel.show(run, choose_round(run, n_rounds))
