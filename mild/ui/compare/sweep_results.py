"""Compare, sweeps: how far the runs of one are, and what they reached, as heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from mild.access import Role, may
from mild.figures.compare import heat_map
from mild.jobs.sweeps import SweepResult, results, stop
from mild.store.run import open_run
from mild.ui.cache.overviews import ENDED, overviews
from mild.ui.frame.start import open_page
from mild.ui.heard import part, whole
from mild.ui.saving import chart, grid
from mild.ui.words import STATE_COLOURS, plain, score, visible, visible_name

MEASURES = {
    "F1 of flagged": "f1_flagged",
    "Precision of kept": "precision",
    "Held-out accuracy": "accuracy",
}
"""What is drawn, and the value of a result that it is."""


def show(run_ids: Sequence[str], live: bool) -> None:
    """Show progress, the runs, and a map for each measure that any of them has."""
    runs = [open_run(item) for item in run_ids]
    found = results(runs)
    n_ended = sum(item.state in ENDED for item in found)
    if live and n_ended == len(found):
        st.rerun()  # a full run, which ends the polling
    if live:
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.progress(n_ended / len(found), text=f"{n_ended} of {len(found)} ended. {_now(found)}")
        if may(Role.OWNER) and right.button(
            "Stop the sweep", icon=":material/stop:", key="stop sweep"
        ):
            n = stop(runs)
            st.session_state["_toast"] = f"{n} run{'s' if n != 1 else ''} of the sweep will stop."
            st.rerun()
    _list(found)
    for title, name in MEASURES.items():
        if any(getattr(item, name) is not None for item in found):
            _map(found, title, name)


def _now(found: Sequence[SweepResult]) -> str:
    """Say which run is at work, or what they wait for."""
    for item in found:
        if item.state == "waiting":
            return f"{plain(item.name)} waits for a cut: open it to see."
    for item in found:
        if item.state not in (*ENDED, "queued"):
            return f"{plain(item.name)}: {plain(item.sentence or item.state)}"
    others = [item for item in overviews().lines if item.state not in (*ENDED, "queued")]
    if others:
        return (
            f"They are waiting for their turn: {plain(others[0].name)} is training on the device."
        )
    return "The first of them is about to begin."


def _list(found: Sequence[SweepResult]) -> None:
    ordered = list(reversed(found))  # as they were queued
    frame = pd.DataFrame(
        {
            "Run": [visible_name(item.name) for item in ordered],
            "State": [[item.state] for item in ordered],
            "": ["Open"] * len(ordered),
            "F1 of flagged": [score(item.f1_flagged) for item in ordered],
            "Held-out accuracy": [score(item.accuracy) for item in ordered],
            "What it does": [visible(item.sentence) for item in ordered],
        }
    )
    colours = ["gray" if colour == "grey" else colour for colour in STATE_COLOURS.values()]
    st.dataframe(
        frame, hide_index=True, key="sweep runs",
        column_config={
            "State": st.column_config.MultiselectColumn(options=list(STATE_COLOURS), color=colours),
            "": st.column_config.ButtonColumn("", key="open sweep run", width="small"),
            "F1 of flagged": st.column_config.TextColumn(alignment="right"),
            "Held-out accuracy": st.column_config.TextColumn(alignment="right"),
        },
    )  # fmt: skip
    pressed = part(st.session_state.get("open sweep run"), "row")
    if (row := whole(pressed, 0, len(ordered) - 1)) is not None:
        open_page("live", run=ordered[row].run_id)


def _map(found: Sequence[SweepResult], title: str, name: str) -> None:
    rows, columns, values_RC = _cells(found, name)
    st.markdown(f"**{title}**")
    chart(
        heat_map(
            values_RC, columns, rows, x="Epochs of each round", y="Rule and rounds", title=title
        ),
        f"sweep {title}", partial(grid, "rule and rounds", rows, columns, values_RC),
        key=f"sweep {name}", alt=f"{title} of every run of the sweep",
    )  # fmt: skip


def _cells(
    found: Sequence[SweepResult], name: str
) -> tuple[list[str], list[int], npt.NDArray[np.float64]]:
    """Return the names of rows, the epochs of columns, and the values of one measure."""
    rows = sorted({(item.rule, item.n_rounds) for item in found})
    columns = sorted({item.epochs for item in found})
    values = np.full((len(rows), len(columns)), np.nan)
    for item in found:
        value = getattr(item, name)
        if value is not None:
            values[rows.index((item.rule, item.n_rounds)), columns.index(item.epochs)] = value
    return [f"{rule}, {n} round{'s' if n > 1 else ''}" for rule, n in rows], columns, values
