"""Following a round that is still trained: the page is drawn anew when an epoch was added.

The part that polls draws one line only; what it finds it hands to the whole page.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.store.run import Run
from mild.ui.frame.boundary import fragment

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a run there is to draw on this page."""

    live: bool
    rounds_begun: int
    recorded: int
    """Epochs of the round."""
    finished: bool
    """Whether the round has its selection."""


def current_state(run: Run, number: int) -> Seen:
    """Read how far the run is now."""
    return Seen(
        run.state().live, run.rounds_begun(), run.n_epochs(number), number < len(run.rounds())
    )


def epochs_to_show(run: Run, number: int) -> int:
    """Return how many epochs of a round are shown: all, or those there were at a pause.

    Draws the toggle for it while the run is live, and polls.
    """
    now, held = current_state(run, number), f"held {run.run_id} {number}"
    if not now.live and held not in st.session_state:
        return now.recorded
    left, right = st.columns([1, 6], vertical_alignment="center")
    following = left.toggle(
        "Live", True, key=f"follow {run.run_id} {number}",
        help="Off: what is shown stays as it is, and a zoom with it, while training goes on.",
    )  # fmt: skip
    if following:
        st.session_state.pop(held, None)
    shown = now.recorded if following else st.session_state.setdefault(held, now.recorded)
    with right:
        fragment(_tick, run_every=POLL_SECONDS if now.live else None)(
            run, number, now, min(shown, now.recorded), following
        )
    return int(min(shown, now.recorded))


def wait_for_first_epoch(run: Run) -> None:
    """Poll a run that has nothing to show yet."""
    now = current_state(run, 0)
    if now.live:
        fragment(_wait, run_every=POLL_SECONDS)(run, now)


def _wait(run: Run, before: Seen) -> None:
    if current_state(run, 0) != before:
        st.rerun()
    st.caption("This page will show it as soon as it has.")


def _tick(run: Run, number: int, before: Seen, shown: int, following: bool) -> None:
    now = current_state(run, number)
    if (following and now != before) or now.live != before.live:
        st.rerun()  # the whole page, once for every epoch
    asked = run.config().rounds[number].epochs
    if now.recorded > shown:
        st.caption(f"Paused at epoch {shown}; {now.recorded} of {asked} are recorded by now.")
    elif not following:
        st.caption(f"Paused at epoch {shown} of {asked}.")
    elif now.recorded < asked:
        st.caption(f"Epoch {now.recorded + 1} of {asked} is under way.")
    else:
        st.caption("This round is complete; the run goes on.")
