"""Compare, one run: which run and round detectors and rules are judged on."""

from __future__ import annotations

import streamlit as st

from mild.store.run import Run
from mild.ui.frame.current import choose_round, choose_run
from mild.ui.frame.empty import empty
from mild.ui.said import speak_of


def choose() -> tuple[Run, int] | None:
    """Return the chosen run and its round, counted from 0; None and the reason before any epoch."""
    with st.container(horizontal=True, vertical_alignment="center"):
        run = choose_run()
        if run is None:
            return None
        speak_of(run)
        n_rounds = run.rounds_begun()
        if n_rounds:
            return run, choose_round(run, n_rounds)
    empty("compare", "This run has not finished its first epoch yet.", run_id=run.run_id)
    return None
