"""The table of all runs: a row opens its run, boxes choose runs for what is done with several."""

from __future__ import annotations

import zlib
from typing import Any

import streamlit as st

from mild.access import Role, may
from mild.store.overview import Overview
from mild.ui.cache.overviews import Overviews, overviews
from mild.ui.frame.boundary import fragment
from mild.ui.frame.demo import demo_button
from mild.ui.frame.shell import unseen_title
from mild.ui.frame.start import open_page
from mild.ui.heard import part, parts, whole
from mild.ui.runs import actions
from mild.ui.runs.columns import COLUMNS, ORDER, frame
from mild.ui.runs.names import names_of
from mild.ui.runs.next_step import next_step
from mild.ui.runs.quick import quick_look_button
from mild.ui.words import count, plain

POLL_SECONDS = 2.0
CHOSEN = "chosen runs"
JUST_READ = "_runs just read"
"""What a full run of the page hands to its table, which reads anew when it polls."""
ROW_PIXELS = 35
MOST_ROWS = 16
"""More are scrolled to."""


def show() -> None:
    """Draw the table, searched by the words typed above it; live while a run is."""
    unseen_title("Runs")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Search", placeholder="Search by name, tag, data set or state", key="search",
            label_visibility="collapsed", icon=":material/search:", width="stretch",
        )  # fmt: skip
        if may(Role.OWNER) and st.button(
            "New run", icon=":material/add:", type="primary", key="new run"
        ):
            open_page("new_run")
        quick_look_button()
        demo_button("secondary")
    found = overviews()
    st.session_state[JUST_READ] = found
    going_on = found.live or found.n_unread > 0
    fragment(_table, run_every=POLL_SECONDS if going_on else None)(words or "", going_on)


def _table(words: str, going_on: bool) -> None:
    found = st.session_state.pop(JUST_READ, None) or overviews()
    if going_on and not (found.live or found.n_unread):
        st.rerun()  # a full run, which ends the polling
    shown = [item for item in found.lines if _matches(item, words)]
    if not shown:
        _none_found(words, found)
        return
    names = names_of(found.lines)
    tools = st.container()
    picked = _pick(shown, names)
    with tools:
        if picked:
            actions.show(picked, names)
        else:
            _hint(found, len(shown))


def _pick(shown: list[Overview], names: dict[str, str]) -> list[Overview]:
    """Draw the table and return the ticked runs; go to the run whose row is clicked."""
    # The table names a row by its place: another list of runs is another table, with the same runs
    # chosen, or a run that begins elsewhere would put another one under the hand that deletes.
    ids = [item.run_id for item in shown]
    key = f"runs {zlib.crc32(' '.join(ids).encode())}"
    chosen_ids = st.session_state.get(CHOSEN, ())
    step = st.column_config.ButtonColumn(
        "Next", key=f"next {key}", alignment="left", width="medium",
        help="What to do next with the run.",
    )  # fmt: skip
    state = st.dataframe(
        frame(shown, names), hide_index=True, placeholder="–", key=key, column_order=ORDER,
        column_config={**COLUMNS, "next": step}, on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        selection_default={
            "selection": {"rows": [i for i, name in enumerate(ids) if name in chosen_ids]}
        },
        height=ROW_PIXELS * (1 + min(len(shown), MOST_ROWS)) + 3,
        alt="Every run with its state, what to do next, and how good it is",
    )  # fmt: skip
    chosen = part(state, "selection")
    open_clicked(shown, part(chosen, "cells"), st.session_state.get(f"next {key}"))
    rows = (whole(row, 0, len(shown) - 1) for row in parts(part(chosen, "rows")))
    picked = [shown[row] for row in rows if row is not None]
    st.session_state[CHOSEN] = tuple(item.run_id for item in picked)
    return picked


def open_clicked(shown: list[Overview], cells: Any, pressed: Any) -> None:
    """Go where the next step of the clicked row is done."""
    clicked = next((cell[0] for cell in parts(cells)[:1] if parts(cell)), None)
    row = whole(part(pressed, "row") if pressed else clicked, 0, len(shown) - 1)
    if row is not None:
        open_page(next_step(shown[row]).page, run=shown[row].run_id)


def _hint(found: Overviews, n_shown: int) -> None:
    what = "compare"
    if may(Role.REVIEWER):
        what = "compare, stop, tag or delete" if may(Role.OWNER) else "compare or tag"
    words = f"Click a row to open its run; tick boxes to {what} runs."
    n = len(found.lines) + found.n_unread
    if n_shown < n:
        words = f"{count(n_shown)} of {count(n)} runs. {words}"
    if found.n_unread:
        words += f" {count(found.n_unread)} older runs are still being read."
    st.caption(words)


def _none_found(words: str, found: Overviews) -> None:
    said = f"No run has {plain(words)} in its name, tags, data set or state."
    if found.n_unread:
        said += f" {count(found.n_unread)} older runs are still being read."
    st.info(said)


def _matches(item: Overview, words: str) -> bool:
    text = " ".join((item.name, item.run_id, item.source, item.state, *item.tags)).lower()
    return all(word in text for word in words.lower().split())
