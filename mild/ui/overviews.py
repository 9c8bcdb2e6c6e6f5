"""One line per run, read anew only where something was written since: lists are long."""

from __future__ import annotations

import streamlit as st

from mild.store.overview import Overview, overview
from mild.store.run import Run, all_runs
from mild.store.schema import FINAL_STATES
from mild.ui.stamp import Stamp, stamp


def overviews() -> list[Overview]:
    """Every run in one line, newest first."""
    runs = all_runs()
    known = _known(str(runs[0].folder.path.parent)) if runs else {}
    return [_line(run, known) for run in runs]


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(root: str) -> dict[str, tuple[Stamp, Overview]]:
    """By run; filled as lines are read."""
    return {}


def _line(run: Run, known: dict[str, tuple[Stamp, Overview]]) -> Overview:
    now = stamp(run.folder.config, run.folder.database, run.folder.review)
    last = known.get(run.run_id)
    if last is not None and last[0] == now:
        return last[1]
    line = overview(run)
    if line.state in (*FINAL_STATES, "damaged"):  # others change without a file being written
        known[run.run_id] = (now, line)
    return line
