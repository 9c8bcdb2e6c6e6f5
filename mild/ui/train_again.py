"""Train a run's images again for another number of epochs: what that takes, and the question."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.analysis.pace import seconds_again
from mild.config import RunConfig
from mild.store.run import Run
from mild.ui.frame.start import start_and_watch
from mild.ui.words import count, duration


def offer(run: Run, epochs: int, *, key: str) -> None:
    """Draw a button that says what it would start, and asks; for owners."""
    if not may(Role.OWNER):
        return
    config = run.config()
    again = with_epochs(config, epochs)
    with st.popover(f"Train {epochs} epochs", icon=":material/model_training:", key=key):
        seconds = seconds_again(run, again)
        takes = (
            "" if seconds is None else f" It takes {duration(seconds)} at most, by this run's pace."
        )
        st.markdown(
            f"A new run with the same settings, but **{count(epochs)} epochs** in round 1 in place "
            f"of {count(config.rounds[0].epochs)}.{takes} This run stays as it is."
        )
        if st.button("Start it", type="primary", icon=":material/play_arrow:", key=f"{key} start"):
            start_and_watch(again)


def with_epochs(config: RunConfig, epochs: int) -> RunConfig:
    """Change the epochs of the first round, and the name that says them."""
    first, *others = config.rounds
    ending = f" {epochs} epochs"
    return config.model_copy(
        update={
            "name": config.name[: 80 - len(ending)] + ending,
            "rounds": (first.model_copy(update={"epochs": epochs}), *others),
        }
    )
