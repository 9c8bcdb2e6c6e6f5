"""Doing one thing to every run that is picked, and saying by name what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from mild.errors import RunError
from mild.store.overview import Overview
from mild.ui.words import plain

TOAST = "_toast"
"""Where app.py finds what to say after the rerun."""


def do_to_all(
    items: Sequence[Overview],
    names: Mapping[str, str],
    action: Callable[[Overview], None],
    said: str,
) -> None:
    """Do it to every run in turn and draw the page anew; what cannot be done is said.

    `said` is the toast, with `{}` for the name of the run, or for how many there are.
    """
    done, problems = [], []
    for item in items:
        try:
            action(item)
        except RunError as error:
            problems.append(f"{names[item.run_id]}: {error}")
        else:
            done.append(names[item.run_id])
    if problems:
        st.warning("  \n".join(plain(problem) for problem in problems))
    if not done:
        return
    st.session_state[TOAST] = said.format(done[0] if len(done) == 1 else f"{len(done)} runs")
    if not problems:
        time.sleep(0.2)  # a worker that stops needs a moment to say so
        st.rerun()
