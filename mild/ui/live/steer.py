"""What a person can do with a run under way, or with one that ended early: stop, resume, change."""

from __future__ import annotations

import streamlit as st

from mild import jobs
from mild.access import Role, may
from mild.errors import RunError
from mild.installation import TOP_LEVEL as ROOT
from mild.store.run import Run, RunState
from mild.ui.words import sentence


def show(run: Run, state: RunState, *, any_epoch: bool) -> None:
    """Draw the buttons that make sense in the run's state."""
    fails_again = bool(state.state == "failed" and run.facts().get("fails_again"))
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if may(Role.OWNER):
            _act(run, state, fails_again=fails_again)
        if any_epoch and st.button(
            "See the selection",
            type="secondary" if state.live or fails_again else "primary",
            key="see",
        ):
            st.switch_page(ROOT / "pages" / "selection.py", query_params={"run": run.run_id})


def _act(run: Run, state: RunState, *, fails_again: bool) -> None:
    if state.live and st.button("Stop", icon=":material/stop:", key="stop"):
        _stop(run)
    if state.resumable and not fails_again and not run.config().recorded:
        _resume(run)
    if fails_again:
        _change(run)


def _stop(run: Run) -> None:
    try:
        jobs.stop(run)
        st.toast("Stopping at the next batch; every epoch up to here is kept.")
    except RunError as error:
        st.warning(sentence(str(error)))


def _resume(run: Run) -> None:
    where = "its last checkpoint" if run.has_checkpoint() else "its beginning: nothing was kept"
    if not st.button(
        "Resume", icon=":material/resume:", key="resume",
        help=f"Goes on from {where}; the result is the same as without the break.",
    ):  # fmt: skip
        return
    try:
        jobs.resume(run)
    except RunError as error:
        st.warning(sentence(str(error)))
        return
    st.session_state["_toast"] = "Going on."
    st.rerun()


def _change(run: Run) -> None:
    """Offer other settings, where resuming would end in the same place."""
    if st.button(
        "Change the settings", icon=":material/tune:", type="primary", key="change",
        help="The form of a new run with these settings. Resuming this one would fail again.",
    ):  # fmt: skip
        st.switch_page(ROOT / "pages" / "new_run.py", query_params={"like": run.run_id})
