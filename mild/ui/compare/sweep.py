"""A sweep over rounds, epochs and rules: launched into the queue, drawn as heat maps."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.core.selection import COMPARED, DEFAULT
from mild.errors import ConfigError, RunError
from mild.figures.compare import heat_map
from mild.jobs.sweeps import SweepResult, launch, plan, results, sweeps_among
from mild.store.run import Run, all_runs
from mild.ui.boundary import fragment
from mild.ui.saving import chart, grid
from mild.ui.words import count, duration, plain

POLL_SECONDS = 3.0
MEASURES = {
    "F1 of the flagged": "f1_flagged",
    "Clean share of the kept": "precision",
    "Held-out accuracy": "accuracy",
}
ENDED = ("done", "stopped", "failed", "interrupted", "damaged")


def show() -> None:
    """Start a sweep, and see what the sweeps there are have reached."""
    runs = {run.run_id: run for run in all_runs()}
    sweeps = sweeps_among(list(runs.values()))
    with st.expander("Start a sweep", expanded=not sweeps):
        _ask(runs)
    if not sweeps:
        st.info("There is no sweep yet. One run is trained for every combination, one at a time.")
        return
    chosen = st.selectbox("Sweep", list(sweeps), key="sweep")
    live = any(item.state not in ENDED for item in results(sweeps[chosen]))
    fragment(_draw, run_every=POLL_SECONDS if live else None)(sweeps[chosen], live)


def _ask(runs: dict[str, Run]) -> None:
    like = st.selectbox("With the settings of", list(runs), key="sweep like")
    left, middle, right = st.columns(3)
    n_rounds = left.multiselect("Numbers of rounds", range(1, 9), [1, 2], key="sweep rounds")
    epochs = middle.multiselect(
        "Epochs of each round", (3, 5, 8, 10, 15, 20, 30, 50, 70, 100), [5, 10], key="sweep epochs"
    )
    rules = right.multiselect("Rules", COMPARED, [DEFAULT.name], key="sweep rules")
    try:
        config = runs[like].config()
        configs = plan(config, n_rounds=n_rounds, epochs=epochs, rules=rules)
    except (ConfigError, RunError) as error:
        st.warning(plain(str(error)))
        return
    total = sum(item.total_epochs for item in configs)
    measured = [item.seconds for item in runs[like].epochs()]
    pace = f", about {duration(total * float(np.median(measured)))}" if measured else ""
    st.caption(f"{len(configs)} runs, {count(total)} epochs in all{pace}.")
    if st.button("Start the sweep", type="primary", key="start sweep"):
        st.session_state["_toast"] = f"Queued as {launch(configs)}."
        st.rerun()


def _draw(runs: list[Run], live: bool) -> None:
    found = results(runs)
    n_ended = sum(item.state in ENDED for item in found)
    if live and n_ended == len(found):
        st.rerun()  # a full run, which ends the polling
    if live:
        st.progress(n_ended / len(found), text=f"{n_ended} of {len(found)} runs have ended")
    failed = [item.run_id for item in found if item.state in ("failed", "interrupted")]
    if failed:
        st.warning(f"Not finished: {plain(', '.join(failed))}.")
    for title, name in MEASURES.items():
        if any(getattr(item, name) is not None for item in found):
            st.subheader(title)
            names, columns, values = _cells(found, name)
            chart(
                heat_map(values, columns, names, x="Epochs of each round", title=title),
                f"sweep {title}", partial(grid, "rule and rounds", names, columns, values),
                key=f"sweep {name}", alt=f"{title} of every run of the sweep",
            )  # fmt: skip


def _cells(
    found: list[SweepResult], name: str
) -> tuple[list[str], list[int], npt.NDArray[np.float64]]:
    """Names of rows, epochs of columns, and the values of one measure."""
    rows = list(dict.fromkeys((item.rule, item.n_rounds) for item in found))
    columns = sorted({item.epochs for item in found})
    values = np.full((len(rows), len(columns)), np.nan)
    for item in found:
        value = getattr(item, name)
        if value is not None:
            values[rows.index((item.rule, item.n_rounds)), columns.index(item.epochs)] = value
    return [f"{rule}, {n} round{'s' if n > 1 else ''}" for rule, n in rows], columns, values
