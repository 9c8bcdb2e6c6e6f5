"""The cut that a run waits for, set on its live page."""

from __future__ import annotations

import streamlit as st

from mild.analysis.rounds.every_cut import every_cut, one_cut
from mild.installation import TOP_LEVEL as ROOT
from mild.store.review.cuts import given_cut, waiting_round
from mild.store.run import Run, RunState
from mild.ui import apply
from mild.ui.cache import load_round
from mild.ui.components.cut import cut_chart, cut_format
from mild.ui.words import cut_text, plain


def awaited(run: Run, state: RunState) -> int | None:
    """The round, counted from 0, that waits for a cut, also where the run ended meanwhile."""
    return waiting_round(run) if state.state == "waiting" or state.resumable else None


def show(run: Run, number: int) -> None:
    """The histogram with its cut, and the button that gives it."""
    view = load_round(run, number)
    st.subheader(f"Where is the cut of round {number + 1}?")
    given = given_cut(run.folder, number)
    if given is not None:
        st.info(
            f"Cut {cut_text(given)} was given. It can be changed until the run has gone on with it."
        )
    key = f"live cut {run.run_id} {number}"
    st.session_state.setdefault(key, float(view.selection.cut if given is None else given))
    left, right = st.columns([3, 1], gap="large", vertical_alignment="bottom")
    left.caption(
        f"Images misclassified in fewer of the {view.n_epochs} epochs than the cut are kept, every "
        f"other one is flagged. The rule {view.selection.rule} proposes "
        f"{cut_text(view.selection.cut)}. " + plain(view.selection.note)
    )
    cut = float(
        right.number_input(
            "Cut (misclassified epochs)", 0.0, view.n_epochs + 1.0, step=0.1, key=key,
            format=cut_format(view.n_epochs),
            help="Drag the line in the chart, use arrow keys on it, or type here.",
        )
    )  # fmt: skip

    def take(asked: float) -> None:
        st.session_state[key] = asked

    cut_chart(every_cut(view), one_cut(view, cut), key=f"chart {key}", on_cut=take)
    with st.container(horizontal=True):
        apply.show(run, number, cut, view.n_epochs)
        if st.button("Look closer", key="set cut", help="The selection page: images at the cut"):
            query = {"run": run.run_id, "round": str(number + 1), "cut": cut_text(cut)}
            st.switch_page(ROOT / "pages" / "selection.py", query_params=query)
