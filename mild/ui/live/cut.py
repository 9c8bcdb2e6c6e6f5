"""The cut that a run waits for, set on its live page."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.analysis.rounds.every_cut import every_cut, one_cut
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.gather import trust_in_view
from mild.installation import TOP_LEVEL as ROOT
from mild.store.review.cuts import given_cut, waiting_round
from mild.store.run import Run, RunState
from mild.ui import apply
from mild.ui.cache.rounds import load_round
from mild.ui.components.cut import cut_chart, cut_format
from mild.ui.said import noun
from mild.ui.words import cut_text, plain


def awaited_round(run: Run, state: RunState) -> int | None:
    """Return the round, counted from 0, that waits for a cut, also where the run has ended."""
    return waiting_round(run) if state.state == "waiting" or state.resumable else None


def show(run: Run, number: int) -> None:
    """Draw the histogram with its cut, and the button that gives it."""
    view = load_round(run, number)
    given = given_cut(run.folder, number)
    key = f"live cut {run.run_id} {number}"
    st.session_state.setdefault(key, float(view.selection.cut if given is None else given))

    def take(asked: float) -> None:
        st.session_state[key] = asked

    left, right = st.columns([5, 3], gap="medium")
    with right:
        cut = _ask(view, number, key)
        with st.container(horizontal=True, gap="small"):
            apply.show(run, number, cut, view.n_epochs, primary=True)
            if st.button("Look closer", key="set cut", help="The selection page of this round"):
                query = {"run": run.run_id, "round": str(number + 1), "cut": cut_text(cut)}
                st.switch_page(ROOT / "pages" / "selection.py", query_params=query)
        if given is not None:
            st.info(
                f"Cut {cut_text(given)} was given. It can be changed until the run has used it."
            )
    with left:
        known = view.truth_known or not trust_in_view(run, number, view).ranges
        cut_chart(
            every_cut(view),
            one_cut(view, cut),
            key=f"chart {key}",
            field=key,
            on_cut=take,
            with_scores=known,
            things=noun().many,
        )


def _ask(view: RoundView, number: int, key: str) -> float:
    waits = f"Round {number + 1} waits for"
    if may(Role.OWNER):
        st.markdown(f"**{waits} your cut.**")
    else:
        st.markdown(f"**{waits} a cut.** Owners of this dashboard give it; see what it would keep.")
    own = cut_text(view.selection.cut)
    st.caption(
        f"{noun().many.capitalize()} misclassified in fewer of the {view.n_epochs} epochs "
        f"than the cut are kept, every other one is flagged. The rule {view.selection.rule} "
        f"proposes {own}. " + plain(view.selection.note)
    )
    return float(
        st.number_input(
            "Cut (misclassified epochs)", 0.0, view.n_epochs + 1.0, step=0.1, key=key,
            format=cut_format(view.n_epochs),
            help="Drag the line in the chart, use arrow keys on it, or type here.",
        )
    )  # fmt: skip
