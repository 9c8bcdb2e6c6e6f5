"""The button that says which round and cut the review page shows, and what is behind it."""

from __future__ import annotations

import math

import streamlit as st

from mild.analysis.checks.sides import sides_of_run
from mild.analysis.instances.held_out import held_out_words
from mild.ui.frame.start import open_page
from mild.ui.review import verdicts
from mild.ui.review.state import Review
from mild.ui.spot_check import check_button
from mild.ui.words import count, cut_text


def show(review: Review, n_rounds: int) -> None:
    """Draw a button with the words of `title`; behind it, other rounds and other cuts."""
    with st.popover(title(review), icon=":material/content_cut:", key="review which"):
        st.caption(_explained(review))
        _ask_round(review.verdicts.number, n_rounds)
        _ask_cut(review)
        check_button(
            review.run,
            sides_of_run(review.measured, review.verdicts.cut),
            key="spot check button",
        )
        if st.button(
            "See this cut on Selection", icon=":material/open_in_new:", key="cut on selection"
        ):
            _to_selection(review)
        if review.measured.held_out_A.any():
            st.caption(held_out_words(review.run))


def title(review: Review) -> str:
    """Say what is shown, such as "Round 1 of 3 · cut 12 · 177 flagged"."""
    measured, shown = review.measured, review.verdicts
    n_asked = max(len(review.run.config().rounds), shown.number + 1)
    so_far = f" so far, {shown.n_epochs} epochs" if shown.n_epochs else ""
    n_apart = _n_held_out(review) + _n_planted(review)
    n_flagged = count(int(measured.flagged_A.sum()) - n_apart)
    if n_apart:  # for the other pages count what rounds dropped
        n_flagged += f" + {count(n_apart)}"
    return (
        f"Round {shown.number + 1} of {n_asked}{so_far} · cut {cut_text(measured.cut)} · "
        f"{n_flagged} flagged"
    )


def _explained(review: Review) -> str:
    """Say how many of the flagged are of this round, and how many of earlier ones."""
    number, measured = review.verdicts.number, review.measured
    dropped_A = measured.dropped_A
    judged_A = ~measured.planted_A
    mine = int((judged_A & (dropped_A == number)).sum())
    before = int((judged_A & (dropped_A >= 0) & (dropped_A < number)).sum())
    words = f"Round {number + 1} flags {review.things(mine)} at this cut"
    if before:
        words += f"; rounds before it dropped {count(before)}"
    if n_planted := _n_planted(review):
        words += (
            f"; {count(n_planted)} more had another label planted in every round so far, and count "
            "by what they were predicted as"
        )
    if n_held_out := _n_held_out(review):
        words += f"; {count(n_held_out)} of all flagged are held out, where no round trains"
    return words + ". Nothing here changes the run."


def _n_held_out(review: Review) -> int:
    measured = review.measured
    return int((measured.flagged_A & measured.held_out_A).sum())


def _n_planted(review: Review) -> int:
    measured = review.measured
    return int((measured.flagged_A & measured.planted_A).sum())


def _ask_round(number: int, n_rounds: int) -> None:
    if n_rounds == 1:
        return
    st.session_state["review round"] = number
    st.segmented_control(
        "Round", list(range(n_rounds)), key="review round", required=True,
        format_func=lambda item: f"Round {item + 1}", on_change=_round_changed,
    )  # fmt: skip


def _round_changed() -> None:
    verdicts.write(int(st.session_state["review round"] or 0), None)


def _ask_cut(review: Review) -> None:
    shown = review.verdicts
    n_epochs = shown.n_epochs or review.run.rounds()[shown.number].epochs
    key = f"review cut {shown.number}"
    st.session_state[key] = float(round(review.measured.cut, 2))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.number_input(
        "Cut (misclassified epochs)", 0.0, n_epochs + 1.0, step=1.0, key=key, format="%g",
        on_change=_cut_changed, args=(shown.number, key),
        help="Misclassified in this many epochs of the round or more, it is flagged.",
    )  # fmt: skip
    right.button(
        "Use the run's cut", key="own cut", width="stretch", disabled=shown.cut is None,
        on_click=verdicts.write, args=(shown.number, None),
    )  # fmt: skip


def _cut_changed(number: int, key: str) -> None:
    value = float(st.session_state[key])
    verdicts.write(number, value if math.isfinite(value) else None)


def _to_selection(review: Review) -> None:
    number, cut = review.verdicts.number, cut_text(review.measured.cut)
    open_page("selection", run=review.run.run_id, round=str(number + 1), cut=cut)
