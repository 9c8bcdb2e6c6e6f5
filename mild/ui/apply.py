"""What a cut on the page can do to a run: go to a round that waits for it, or begin a branch."""

from __future__ import annotations

import streamlit as st

from mild import jobs
from mild.access import Role, may
from mild.analysis.pace import seconds_of_branch
from mild.errors import RunError
from mild.installation import TOP_LEVEL as ROOT
from mild.store.review.cuts import give_cut, waiting_round
from mild.store.run import Run
from mild.ui.cache.rounds import load_round
from mild.ui.said import noun
from mild.ui.words import count, cut_text, duration, sentence


def show(run: Run, number: int, cut: float, n_epochs: int, *, primary: bool = False) -> None:
    """Offer the action that makes sense for this round, to owners; else nothing."""
    if not may(Role.OWNER):
        return
    asked = run.config().rounds[number].epochs
    if n_epochs != asked or run.config().recorded:
        return
    if waiting_round(run) == number:
        _give(run, number, cut, primary)
    elif number < len(run.rounds()):
        _branch(run, number, cut)


def _give(run: Run, number: int, cut: float, primary: bool) -> None:
    if st.button(
        f"Use cut {cut_text(cut)} and continue",
        type="primary" if primary else "secondary",
        icon=":material/check:",
        key="give cut",
        help="The run is waiting for a cut: it goes on with what this one keeps.",
    ):
        try:
            n_kept = give_cut(run, number, cut)
        except RunError as error:
            st.warning(sentence(str(error)))
            return
        st.session_state["_toast"] = f"{noun().count(n_kept)} kept. The run goes on."
        st.switch_page(ROOT / "pages" / "live.py", query_params={"run": run.run_id})


def _branch(run: Run, number: int, cut: float) -> None:
    with st.popover(f"Branch with cut {cut_text(cut)}", icon=":material/fork_right:", key="branch"):
        n_kept = load_round(run, number).kept(cut)
        st.markdown(branch_words(run, number, n_kept))
        if not st.button(
            "Start the branch", type="primary", icon=":material/play_arrow:", key="start branch",
            disabled=n_kept == 0,
        ):  # fmt: skip
            return
        try:
            branched = jobs.branch(run, number, cut=cut)
        except RunError as error:
            st.warning(sentence(str(error)))
            return
        st.switch_page(ROOT / "pages" / "live.py", query_params={"run": branched.run_id})


def branch_words(run: Run, number: int, n_kept: int) -> str:
    """Say what a branch trains, on how many images, and for how long at most."""
    later = run.config().rounds[number + 1 :]
    stages = [
        f"round {number + 2 + i} ({count(item.epochs)} epochs)" for i, item in enumerate(later)
    ]
    final = run.config().final
    if final.kind != "none":
        stages.append(f"the final model ({count(final.epochs)} epochs)")
    trains = f"trains {_listed(stages)}" if stages else "trains nothing more"
    seconds = seconds_of_branch(run, number, n_kept) if stages else None
    takes = "" if seconds is None else f", in about {duration(seconds)} by this run's pace"
    return (
        f"A new run begins at the end of round {number + 1}, keeps **{noun().count(n_kept)}** and "
        f"{trains}{takes}. Nothing is trained twice, and this run stays as it is."
    )


def _listed(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
