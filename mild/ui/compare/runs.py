"""Compare, runs: what they reached, the settings that differ, and how they learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from mild.analysis.compare import settings_that_differ
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.errors import RunError
from mild.store.overview import overview
from mild.store.run import Run, all_runs
from mild.store.schema import RoundRecord
from mild.ui.cache.run_labels import run_labels
from mild.ui.compare import curves
from mild.ui.words import STATE_COLOURS, percent, plain, score

N_AT_FIRST = 2
"""Newest runs that are compared where nobody chose any."""


def show_runs() -> None:
    """Compare any number of runs; the address holds them, so that links can name them."""
    runs = {run.run_id: run for run in all_runs()}
    asked = [item for item in st.query_params.get_all("runs") if item in runs]
    # Chosen anew on home, or found here before: a link shows its runs, whatever comes later.
    if asked and asked != st.session_state.get("compared"):
        st.session_state["compared"] = asked
    st.session_state.setdefault("compared", list(runs)[:N_AT_FIRST])
    labels = run_labels(runs.values())
    chosen = st.multiselect(
        "Runs to compare", list(runs), key="compared", on_change=_chosen,
        format_func=lambda item: labels.get(item, item), label_visibility="collapsed",
        placeholder="Choose two runs or more",
    )  # fmt: skip
    if chosen != st.query_params.get_all("runs"):
        st.query_params["runs"] = chosen
    readable = [run for run in (runs[item] for item in chosen) if _readable(run)]
    if len(readable) < 2:
        st.info("Choose two runs or more, here or by their boxes on the first page.")
        return
    _reached(readable, labels)
    curves.show(readable, labels)
    _settings(readable, labels)


def _chosen() -> None:
    st.query_params["runs"] = st.session_state["compared"]


def _readable(run: Run) -> bool:
    try:
        run.config(), run.state()
    except RunError as error:
        st.warning(plain(str(error)))
        return False
    return True


def _reached(runs: Sequence[Run], labels: Mapping[str, str]) -> None:
    frame = pd.DataFrame([_row(run, labels[run.run_id]) for run in runs])
    right = st.column_config.TextColumn(alignment="right")
    numbers = {name: right for name in frame.columns if name not in ("Run", "State")}
    colours = ["gray" if colour == "grey" else colour for colour in STATE_COLOURS.values()]
    state = st.column_config.MultiselectColumn(options=list(STATE_COLOURS), color=colours)
    st.dataframe(frame, hide_index=True, column_config=numbers | {"State": state})


def _row(run: Run, label: str) -> dict[str, object]:
    item = overview(run)
    first = next(iter(run.rounds()), None)
    return {
        "Run": label,
        "State": [item.state],
        "Rounds": f"{item.rounds_done} of {item.rounds_asked}",
        "Kept": percent(item.kept_share),
        "F1 of flagged": score(item.f1_flagged),
        "AUROC in round 1": score(first.auroc if first else None),
        "Estimated noise rate": percent(_noise_rate(first)),
        "Planted separation": score(first.planted_auroc if first else None),
        "Held-out accuracy": score(item.accuracy),
    }


def _noise_rate(first: RoundRecord | None) -> float | None:
    """Return the estimate of the first round; None where it means nothing."""
    return None if first is None or estimates_mean_nothing(first) else first.noise_rate_estimate


def _settings(runs: Sequence[Run], labels: Mapping[str, str]) -> None:
    st.subheader("Settings that differ", anchor=False)
    different = settings_that_differ(list(runs))
    if not different:
        st.caption("None: these runs have the same settings.")
        return
    frame = pd.DataFrame(different, index=[labels[run.run_id] for run in runs]).T
    st.dataframe(frame.rename_axis("Setting"))
