"""The review page: progress, filters, a page of images, decisions for one, some or all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.access import Role, may
from mild.analysis.instances.filters import Filters
from mild.store.run import Run, RunState
from mild.ui import trust
from mild.ui.frame.boundary import fragment
from mild.ui.frame.empty import empty
from mild.ui.review import actions as review_actions
from mild.ui.review import address as review_address
from mild.ui.review import filters as review_filters
from mild.ui.review import gallery as review_gallery
from mild.ui.review import modes, reviewers, verdicts, which
from mild.ui.review import table as review_table
from mild.ui.review.address import ReviewAddress
from mild.ui.review.exporting import panel as review_export
from mild.ui.review.spot_check import panel as review_check
from mild.ui.review.spot_check.card import hear as hear_answers
from mild.ui.review.state import Review, list_anew, listing, open_review, standing
from mild.ui.review.verdicts import RunExtent
from mild.ui.words import count, plain, sentence

IntArray = npt.NDArray[np.int64]


def show(run: Run) -> None:
    """Show everything to decide about, or say why there is nothing yet."""
    state, known = run.state(), verdicts.recorded(run)
    n_rounds = known.n_finished
    if verdicts.read(run, known) is None:
        _nothing_yet(run, state)
        return
    asked = len(run.config().rounds)
    if n_rounds < asked and state.live:
        st.caption(
            f"{n_rounds} of {asked} rounds have finished; the run goes on. Reload the page when "
            "the next one has."
        )
    elif state.state in ("failed", "interrupted"):
        st.warning(f"{plain(state.sentence)} What was recorded can be reviewed.")
    fragment(_panel)(run, known)


def _nothing_yet(run: Run, state: RunState) -> None:
    done = run.n_epochs(0)
    if state.state == "waiting":
        empty(
            "review", "Round 1 waits for its cut: set it on the selection page.", run_id=run.run_id
        )
    elif state.live:
        why = (
            f"There is nothing to review yet: {run.noun().many} are flagged when the first round "
            f"has its selection. {done} of its {run.config().rounds[0].epochs} epochs are done."
        )
        empty("review", why, run_id=run.run_id)
    else:
        # Why it failed says what helps: not every run comes further by being resumed.
        failed = state.state == "failed" and state.sentence
        advice = sentence(state.sentence) if failed else "Resume it, or train again."
        st.warning(
            f"There is nothing to review: this run ended after {done} epochs, before its first "
            f"round had its selection. {advice}"
        )
    if done:
        title = f"Review by the {done} epochs so far" if done > 1 else "Review by the first epoch"
        st.button(
            title, key="so far",
            icon=":material/visibility:", on_click=verdicts.write, args=(0, None),
            help="As if the round had ended here. Few epochs tell little.",
        )  # fmt: skip


def _panel(run: Run, known: RunExtent) -> None:
    checking = review_check.wanted()
    shown = verdicts.all_finished(known) if checking else verdicts.read(run, known)
    if shown is None:  # the check in the address is of a run without a finished round
        return
    review = open_review(run, shown)
    review_gallery.hear()
    hear_answers()
    if checking and may(Role.REVIEWER):
        review_check.show(review)
        return
    if review.mode is modes.DECIDE:
        trust.run_banner(run)
    reviewers.explain(review)
    turned = review_gallery.turned()
    address = review_address.read(len(review.measured.class_names), review.measured.n_rounds)
    found = listing(review, address.filters)
    head = st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", key="review-controls"
    )
    if len(found):
        _page(review, address, found, turned)
    else:
        _nothing_found(review, address)
    with head:  # last, for what was edited in the table has been decided by now
        which.show(review, known.n_rounds)
        review_filters.ask(review.measured, address)
        if may(Role.REVIEWER):
            if not review.mode.blind:  # an opinion is about what somebody has looked at
                _all_of_them(review, found)
            _back_and_forth(review)
            if not review.mode.blind:  # it holds what others decided
                review_export.show(review)
            reviewers.show(review, address)


def _nothing_found(review: Review, address: ReviewAddress) -> None:
    if why := reviewers.nothing(review):
        st.info(why)
    elif address.filters == Filters() and not review.measured.flagged_A.any():
        st.info(
            f"Nothing is flagged: no round dropped any of the {review.things(review.measured.n)}. "
            "Look at all of them, most suspicious first, or try a lower cut."
        )
    else:
        st.info("Nothing passes these filters. Take one away to see more.")


def _back_and_forth(review: Review) -> None:
    can_undo, can_redo = review_actions.can_undo(review)
    st.button(
        "Undo", key="undo", on_click=review_actions.undo, args=(review,), disabled=not can_undo
    )
    st.button(
        "Redo", key="redo", on_click=review_actions.redo, args=(review,), disabled=not can_redo
    )


def _page(review: Review, address: ReviewAddress, found: IntArray, turned: int) -> None:
    n_pages = -(-len(found) // address.size)
    page = min(max(address.page + turned, 1), n_pages)
    if page != address.page:
        address = replace(address, page=page)
        review_address.write(address)
    first = (page - 1) * address.size
    index_T = found[first : first + address.size]
    if address.layout == "gallery":
        review_gallery.show(review, standing(review), index_T)
    else:
        review_table.show(review, index_T)
    key = f"review page {page} of {n_pages}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.pagination(n_pages, default=page, key=key, on_change=_turned, args=(address, key))
        last = count(first + len(index_T))
        thing = review.thing.capitalize()
        st.text(f"{thing}s {count(first + 1)} to {last} of {count(len(found))}", width="content")


def _turned(address: ReviewAddress, key: str) -> None:
    review_address.write(replace(address, page=st.session_state[key]))


def _all_of_them(review: Review, found: IntArray) -> None:
    """Offer decisions about everything that the filters let through, on every page."""
    n = count(len(found))
    with st.popover(f"Decide for all {n}", disabled=not len(found), key="review all"):
        st.caption(f"About all {n} of this list, on every page. One undo takes it back.")
        for kind, title in (
            ("keep", "Keep all"),
            ("suggest", "Relabel all as predicted"),
            ("drop", "Drop all"),
            ("clear", "Clear all"),
        ):
            st.button(
                title, key=f"all {kind}", width="stretch",
                on_click=_decide_all, args=(review, kind, found),
            )  # fmt: skip
    st.button("Refresh", key="refresh", on_click=list_anew,
              help="List anew what passes the filters, by what is decided now.")  # fmt: skip


def _decide_all(review: Review, kind: str, found: IntArray) -> None:
    review_actions.act(review, kind, found.tolist())
