"""Which run and round a page is about. The address holds both, so a link shows the same."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mild.store.run import Run, all_runs
from mild.ui.cache.run_labels import run_labels
from mild.ui.frame.empty import empty
from mild.ui.frame.shell import PAGE
from mild.ui.words import plain

BOX_PIXELS = 380
"""Enough for the name and the time of most runs."""
_LAST_RUN, _LAST_ROUND = "last run", "last round"


def choose_run() -> Run | None:
    """Let a person choose among all runs; where there is none, say so and offer the demo."""
    runs = all_runs()
    if runs:
        return choose_among(runs)
    no_runs()
    return None


def choose_among(known: Sequence[Run]) -> Run:
    """Draw the box of runs; start with the one in the address, the last one seen, or the newest.

    The menu's links hold no run, so this window remembers which one it is about.
    """
    runs = {run.run_id: run for run in known}
    asked = st.query_params.get("run")
    last = st.session_state.get(_LAST_RUN) if asked is None else asked
    if last not in runs:
        if asked is not None:
            st.warning(f"There is no run {plain(asked[:100])} here; this is the newest one.")
        last = next(iter(runs))
    st.session_state["run"] = st.session_state[_LAST_RUN] = last
    if asked != last:
        st.query_params["run"] = last
    labels = run_labels(runs.values())
    chosen = st.selectbox(
        "Run",
        list(runs),
        key="run",
        format_func=lambda item: labels.get(item, item),
        on_change=_run_changed,
        label_visibility="collapsed",
        width=BOX_PIXELS,
    )
    return runs[chosen]


def choose_round(run: Run, n_rounds: int, *, newest: bool = False) -> int:
    """Draw the buttons of rounds; start with the address's, the last one seen, or the first.

    With `newest` it is the newest one until a person chooses another.
    """
    asked = st.query_params.get("round")
    number = 0
    if asked is None:
        number = st.session_state.get(_LAST_ROUND, {}).get(run.run_id, 0)
    elif asked.isascii() and asked.isdigit():
        number = int(asked[:9]) - 1
    number = min(max(number, 0), n_rounds - 1)
    if newest and asked is None:
        number = n_rounds - 1
    else:
        if asked is None and number:
            st.query_params["round"] = str(number + 1)
        st.session_state.setdefault(_LAST_ROUND, {})[run.run_id] = number
    st.session_state["round"] = number
    chosen = st.segmented_control(
        "Round",
        list(range(n_rounds)),
        key="round",
        format_func=lambda item: str(item + 1) if item else "Round 1",
        on_change=_round_changed,
        required=True,
        label_visibility="collapsed",
    )
    return int(chosen if chosen is not None else st.session_state["round"])


def no_runs() -> None:
    """Say that there is no run yet, and what this page will show."""
    empty(st.session_state.get(PAGE, ""))


def _run_changed() -> None:
    st.query_params.clear()
    st.query_params["run"] = st.session_state["run"]


def _round_changed() -> None:
    st.query_params.pop("cut", None)
    st.query_params.pop("epochs", None)
    st.query_params["round"] = str((st.session_state["round"] or 0) + 1)
