"""The table of all runs, and what can be done with the chosen one."""

from __future__ import annotations

import zlib
from dataclasses import asdict

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from mild.store.overview import Overview
from mild.ui.boundary import fragment
from mild.ui.overviews import overviews
from mild.ui.runs import actions as run_actions
from mild.ui.words import plain

POLL_SECONDS = 2.0
CHOSEN = "chosen run"
_ENDED = run_actions.ENDED


def show() -> None:
    """The table, searched by the words typed above it; live while a run is."""
    words = st.text_input("Search", placeholder="name, tag, data set or state", key="search")
    live = any(item.state not in _ENDED for item in overviews())
    fragment(_table, run_every=POLL_SECONDS if live else None)(words, live)


def _table(words: str, live: bool) -> None:
    found = overviews()
    if live and all(item.state in _ENDED for item in found):
        st.rerun()  # a full run, which ends the polling
    shown = [item for item in found if _matches(item, words)]
    if not shown:
        st.info(f"No run has {plain(words)} in its name, tags, data set or state.")
        return
    # The table names a row by its place: another list of runs is another table, with the same run
    # chosen, or a run that begins elsewhere would put another one under the hand that deletes.
    ids = [item.run_id for item in shown]
    chosen_id = st.session_state.get(CHOSEN)
    chosen = st.dataframe(
        _frame(shown),
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={
            "selection": {"rows": [ids.index(chosen_id)] if chosen_id in ids else []}
        },
        key=f"runs {zlib.crc32(' '.join(ids).encode())}",
        column_order=(
            "name", "tags", "state", "progress", "source", "noise_rate", "rounds", "kept_share",
            "f1_flagged", "accuracy", "age",
        ),
        column_config=_COLUMNS,
    )  # fmt: skip
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(shown):
        st.session_state[CHOSEN] = ids[rows[0]]
        run_actions.show(shown[rows[0]])
    else:
        st.session_state.pop(CHOSEN, None)
        st.caption("Choose a run by the box at the left of its row.")


def _matches(item: Overview, words: str) -> bool:
    text = " ".join((item.name, item.run_id, item.source, item.state, *item.tags)).lower()
    return all(word in text for word in words.lower().split())


def _frame(shown: list[Overview]) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(item) for item in shown])
    frame["tags"] = [list(item.tags) for item in shown]
    frame["rounds"] = [f"{item.rounds_done} of {item.rounds_asked}" for item in shown]
    frame["age"] = pd.to_datetime(frame["created"].astype(float), unit="s")
    for share in ("noise_rate", "kept_share", "f1_flagged", "accuracy", "progress"):
        frame[share] = 100 * frame[share].astype(float)
    return frame


def _percent(label: str, help_: str) -> ColumnConfig:
    return st.column_config.NumberColumn(label, format="%.1f %%", help=help_)


_COLUMNS: dict[str, ColumnConfig] = {
    "name": st.column_config.TextColumn("Run"),
    "tags": st.column_config.ListColumn("Tags"),
    "state": st.column_config.TextColumn("State"),
    "progress": st.column_config.ProgressColumn(
        "Progress", format="%.0f %%", min_value=0, max_value=100, help="Share of its epochs done"
    ),
    "source": st.column_config.TextColumn("Data set"),
    "noise_rate": _percent("Wrong labels", "Actual share of wrong labels, where it is known"),
    "rounds": st.column_config.TextColumn("Rounds", help="Rounds that have their selection"),
    "kept_share": _percent("Kept", "Share of the training set kept by the last round"),
    "f1_flagged": _percent(
        "F1 of flagged",
        "How well the flagged images are the mislabeled ones: the harmonic mean of precision and "
        "recall, where clean labels are known",
    ),
    "accuracy": _percent("Accuracy", "On the held-out part after the last epoch"),
    "age": st.column_config.DatetimeColumn("Started", format="distance"),
}
