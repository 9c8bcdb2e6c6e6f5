"""Which run and round a page is about. The address holds both, so a link shows the same."""

from __future__ import annotations

import streamlit as st

from mild.store.run import Run, all_runs
from mild.ui.demo import demo_button
from mild.ui.words import plain


def choose_run() -> Run | None:
    """The run in the address, else the newest; with a box to choose another.

    Where there is none, says so, offers the demo, and returns None.
    """
    runs = {run.run_id: run for run in all_runs()}
    if not runs:
        no_runs()
        return None
    asked = st.query_params.get("run")
    if asked in runs:
        st.session_state["run"] = asked
    else:
        if asked is not None:
            st.warning(f"There is no run {plain(asked[:100])} here; this is the newest one.")
        st.session_state["run"] = next(iter(runs))
        st.query_params["run"] = st.session_state["run"]
    chosen = st.selectbox("Run", list(runs), key="run", on_change=_run_changed)
    return runs[chosen]


def choose_round(run: Run, n_rounds: int) -> int:
    """The round in the address, else the first; with buttons to choose another."""
    rounds = list(range(n_rounds))
    asked = st.query_params.get("round", "")
    number = int(asked) - 1 if asked.isascii() and asked.isdigit() else 0
    st.session_state["round"] = min(max(number, 0), n_rounds - 1)
    chosen = st.segmented_control(
        "Round",
        rounds,
        key="round",
        format_func=lambda item: f"Round {item + 1}",
        on_change=_round_changed,
        required=True,
        help="Every round trains on what the round before it kept.",
    )
    return int(chosen if chosen is not None else st.session_state["round"])


def no_runs() -> None:
    """What stands where there is no run yet."""
    st.info("There is no run yet. The demo trains in about half a minute and needs nothing.")
    demo_button()


def _run_changed() -> None:
    st.query_params.clear()
    st.query_params["run"] = st.session_state["run"]


def _round_changed() -> None:
    st.query_params.pop("cut", None)
    st.query_params.pop("epochs", None)
    st.query_params["round"] = str((st.session_state["round"] or 0) + 1)
