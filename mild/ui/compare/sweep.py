"""Compare, sweeps: a run for each number of rounds and of epochs and each rule, in turn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mild.access import Role, may
from mild.config import RunConfig
from mild.core.selection import COMPARED, DEFAULT
from mild.errors import ConfigError, RunError
from mild.jobs.sweeps import launch, plan, results, sweeps_among
from mild.store.overview import Overview
from mild.store.run import Run, open_run
from mild.ui.cache.overviews import ENDED, overviews
from mild.ui.cache.run_labels import distinct_labels
from mild.ui.compare import sweep_results
from mild.ui.frame.boundary import fragment
from mild.ui.words import count, duration, plain, visible_name

POLL_SECONDS = 3.0
READ_SECONDS = 20.0
"""A sweep may be any of thousands of runs: all are read before one is shown."""


def show() -> None:
    """Offer to start a sweep, and show what each sweep there is has reached."""
    lines = overviews(READ_SECONDS).lines
    sweeps = sweeps_among(lines)
    if may(Role.OWNER):
        with st.expander("Start a sweep", expanded=not sweeps):
            _ask(lines)
    if not sweeps:
        st.info("There is no sweep yet. One run is trained for every combination, one at a time.")
        return
    first = {item.run_id: item for item in lines}
    chosen = st.selectbox(
        "Sweep", list(sweeps), key="sweep",
        format_func=lambda name: _called(first[sweeps[name][-1]], len(sweeps[name])),
    )  # fmt: skip
    ids = tuple(sweeps[chosen])
    live = any(item.state not in ENDED for item in results([open_run(item) for item in ids]))
    fragment(sweep_results.show, run_every=POLL_SECONDS if live else None)(ids, live)


def _called(item: Overview, n_runs: int) -> str:
    """Name a sweep by its first run, without that run's own settings at the end."""
    base = visible_name(item.name.rsplit(" ", 2)[0])
    tag = next((word for word in item.tags if word.startswith("sweep ")), "")
    return f"{base}: {visible_name(tag)} of {n_runs} runs"


def _ask(lines: list[Overview]) -> None:
    readable = {item.run_id: item for item in lines if item.state != "damaged"}
    labels = distinct_labels({name: (item.name, item.created) for name, item in readable.items()})
    like = st.selectbox(
        "With the settings of", list(readable), key="sweep like",
        format_func=lambda item: labels.get(item, item),
    )  # fmt: skip
    left, middle, right = st.columns(3)
    n_rounds = left.multiselect("Numbers of rounds", range(1, 9), [1, 2], key="sweep rounds")
    epochs = middle.multiselect(
        "Epochs of each round", (3, 5, 8, 10, 15, 20, 30, 50, 70, 100), [5, 10], key="sweep epochs"
    )
    rules = right.multiselect("Rules", COMPARED, [DEFAULT.name], key="sweep rules")
    if like is None:
        return
    run = open_run(like)
    try:
        config = run.config()
        configs = plan(config, n_rounds=n_rounds, epochs=epochs, rules=rules)
    except (ConfigError, RunError) as error:
        st.warning(plain(str(error)))
        return
    st.caption(_what_it_is(run, config, configs))
    if st.button("Start the sweep", type="primary", key="start sweep"):
        launch(configs)
        st.session_state["_toast"] = f"{len(configs)} runs like {labels[like]} are queued."
        st.rerun()


def _what_it_is(run: Run, config: RunConfig, configs: list[RunConfig]) -> str:
    total = sum(item.total_epochs for item in configs)
    measured = [item.seconds for item in run.epochs()]
    pace = f", about {duration(total * float(np.median(measured)))}" if measured else ""
    words = f"{len(configs)} runs, {count(total)} epochs in all{pace}."
    if config.selection.wait:
        words += (
            " They do not wait for your cut, unlike the run they start from: the rule sets it, "
            "so that they can be compared."
        )
    return words
