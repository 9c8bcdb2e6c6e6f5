"""The line on top of every page about a run: which run and round, its state, and its trust."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.errors import RunError
from mild.store.notices import notices
from mild.store.run import Run, all_runs
from mild.store.schema import FINAL_STATES
from mild.ui import trust
from mild.ui.cache.rounds import trust_note
from mild.ui.frame.current import choose_among, choose_round, no_runs
from mild.ui.frame.shell import unseen_title
from mild.ui.said import speak_of
from mild.ui.words import plain, state_badge

ENDED = (*FINAL_STATES, "interrupted", "damaged")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page is about."""

    run: Run
    number: int | None
    """The round, counted from 0; None before the first has an epoch, or where it was not asked."""


def show(title: str, *, with_round: bool = True, newest: bool = False) -> Chosen | None:
    """Draw the line and return what is chosen in it; None where there is no run yet.

    Parameters
    ----------
    title
        Of the page, for those who do not see the menu.
    with_round
        Whether the page is about one round.
    newest
        While the run goes on, the newest round is shown until a person chooses another.
    """
    unseen_title(title)
    runs = all_runs()
    if not runs:
        no_runs()
        return None
    with st.container(
        key="header", horizontal=True, vertical_alignment="center", gap="small"
    ):  # it stays in sight by its key, in page.css
        run = choose_among(runs)
        speak_of(run)
        state = _state(run)
        st.markdown(state_badge(state), width="content")
        trust.chip(trust_note(run))
        n_rounds = run.rounds_begun() if with_round else 0
        number = None
        if n_rounds:
            number = choose_round(run, n_rounds, newest=newest and state not in ENDED)
    _say_what_to_know(run)
    return Chosen(run, number)


def _say_what_to_know(run: Run) -> None:
    """Say that a run may only be read, is of a newer version, or is at work elsewhere."""
    try:
        for notice in notices(run):
            st.info(plain(notice))
        if elsewhere := run.state().elsewhere:
            st.caption(plain(elsewhere))
    except RunError:  # the page itself says what is damaged
        return


def _state(run: Run) -> str:
    try:
        return run.state().state
    except RunError:
        return "damaged"
