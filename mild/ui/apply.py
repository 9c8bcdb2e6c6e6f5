"""What a cut on the page can do to a run: go to a round that waits for it, or begin a branch."""

from __future__ import annotations

import streamlit as st

from mild import jobs
from mild.errors import RunError
from mild.installation import TOP_LEVEL as ROOT
from mild.store.review.cuts import give_cut, waiting_round
from mild.store.run import Run
from mild.ui.words import count, cut_text, plain


def show(run: Run, number: int, cut: float, n_epochs: int) -> None:
    """The actions that make sense for this round; nothing where there are none."""
    asked = run.config().rounds[number].epochs
    if n_epochs != asked or run.config().recorded:
        return
    with st.container(horizontal=True):
        if waiting_round(run) == number:
            _give(run, number, cut)
        elif number < len(run.rounds()):
            _branch(run, number, cut)


def _give(run: Run, number: int, cut: float) -> None:
    if st.button(
        f"Give cut {cut_text(cut)} to the waiting round",
        type="primary",
        icon=":material/check:",
        key="give cut",
    ):
        try:
            n_kept = give_cut(run, number, cut)
        except RunError as error:
            st.warning(plain(str(error)))
            return
        st.session_state["_toast"] = f"Given: {count(n_kept)} images are kept. The run goes on."
        st.switch_page(ROOT / "pages" / "live.py", query_params={"run": run.run_id})


def _branch(run: Run, number: int, cut: float) -> None:
    if st.button(
        f"Branch a new run with cut {cut_text(cut)}",
        icon=":material/fork_right:",
        help="Goes on from the end of this round with this cut; what was trained is not repeated, "
        "and this run stays as it is.",
        key="branch",
    ):
        try:
            branched = jobs.branch(run, number, cut=cut)
        except RunError as error:
            st.warning(plain(str(error)))
            return
        st.switch_page(ROOT / "pages" / "live.py", query_params={"run": branched.run_id})
