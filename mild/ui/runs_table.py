"""The table of all runs, and what can be done with the chosen one."""

from __future__ import annotations

import time
from dataclasses import asdict

import pandas as pd
import streamlit as st

from mild import jobs
from mild.errors import RunError
from mild.store.overview import Overview, overview
from mild.store.run import all_runs, open_run
from mild.store.schema import FINAL_STATES
from mild.ui.boundary import fragment
from mild.ui.shell import ROOT
from mild.ui.words import plain, state_badge

POLL_SECONDS = 2.0
_ENDED = (*FINAL_STATES, "interrupted", "damaged")


def show(found: list[Overview]) -> None:
    """The table, searched by the words typed above it; live while a run is."""
    words = st.text_input("Search", placeholder="name, data set or state", key="search")
    live = any(item.state not in _ENDED for item in found)
    fragment(_table, run_every=POLL_SECONDS if live else None)(words, live)


def _table(words: str, live: bool) -> None:
    found = [overview(run) for run in all_runs()]
    if live and all(item.state in _ENDED for item in found):
        st.rerun()  # a full run, which ends the polling
    shown = [item for item in found if _matches(item, words)]
    if not shown:
        st.info(f"No run has {plain(words)} in its name, data set or state.")
        return
    chosen = st.dataframe(
        _frame(shown),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"runs {words}",
        column_order=(
            "name", "state", "progress", "source", "noise_rate", "rounds", "kept_share",
            "f1_flagged", "accuracy", "age",
        ),
        column_config=_COLUMNS,
    )  # fmt: skip
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(shown):
        _actions(shown[rows[0]])
    else:
        st.caption("Choose a run by the box at the left of its row.")


def _matches(item: Overview, words: str) -> bool:
    text = f"{item.name} {item.run_id} {item.source} {item.state}".lower()
    return all(word in text for word in words.lower().split())


def _frame(shown: list[Overview]) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(item) for item in shown])
    frame["rounds"] = [f"{item.rounds_done} of {item.rounds_asked}" for item in shown]
    frame["age"] = pd.to_datetime(frame["created"].astype(float), unit="s")
    for share in ("noise_rate", "kept_share", "f1_flagged", "accuracy", "progress"):
        frame[share] = 100 * frame[share].astype(float)
    return frame


def _actions(item: Overview) -> None:
    st.markdown(f"**{plain(item.run_id)}** {state_badge(item.state)} {plain(item.sentence)}")
    if item.state == "damaged":
        return
    columns = st.columns(4, width=640)
    if columns[0].button("Watch", icon=":material/monitoring:"):
        st.switch_page(ROOT / "pages" / "live.py", query_params={"run": item.run_id})
    if columns[1].button("Select", icon=":material/content_cut:", disabled=not item.progress):
        st.switch_page(ROOT / "pages" / "selection.py", query_params={"run": item.run_id})
    columns[2].download_button(
        "Report",
        data=lambda: _report(item.run_id),
        file_name=f"{item.run_id}.html",
        mime="text/html",
        icon=":material/description:",
        help="One HTML file that opens anywhere, without network",
    )
    if item.state not in _ENDED and columns[3].button("Stop", icon=":material/stop:"):
        try:
            jobs.stop(open_run(item.run_id))
            st.toast("Stopping at the next batch.")
        except RunError as error:
            st.warning(plain(str(error)))
        time.sleep(0.3)
        st.rerun()


def _report(run_id: str) -> str:
    from mild.report.page import make_report  # plotly: not before somebody asks

    return make_report(open_run(run_id))


def _percent(label: str, help_: str) -> object:
    return st.column_config.NumberColumn(label, format="%.1f %%", help=help_)


_COLUMNS = {
    "name": st.column_config.TextColumn("Run"),
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
