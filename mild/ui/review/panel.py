"""The review page: progress, filters, a page of images, decisions for one, some or all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.checks.sides import sides_of_run
from mild.analysis.instances.filters import Progress, progress
from mild.analysis.instances.held_out import held_out_words
from mild.store.review import decisions as store
from mild.store.run import Run, RunState
from mild.ui import trust
from mild.ui.boundary import fragment
from mild.ui.checked import check_button
from mild.ui.review import actions as review_actions
from mild.ui.review import address as review_address
from mild.ui.review import check as review_check
from mild.ui.review import export as review_export
from mild.ui.review import filters as review_filters
from mild.ui.review import gallery as review_gallery
from mild.ui.review import table as review_table
from mild.ui.review.address import Address
from mild.ui.review.state import Review, list_anew, listing, open_review, standing
from mild.ui.words import count, cut_asked, cut_text, percent, plain

IntArray = npt.NDArray[np.int64]


def show(run: Run) -> None:
    """Everything to decide about, or why there is nothing yet."""
    state, n_rounds = run.state(), len(run.rounds())
    if n_rounds == 0:
        _nothing_yet(run, state)
        return
    asked = len(run.config().rounds)
    if n_rounds < asked and state.live:
        st.info(
            f"{n_rounds} of {asked} rounds have finished, and the images are judged by these. "
            "Reload the page when the next one has."
        )
    elif state.state in ("failed", "interrupted"):
        st.warning(f"{plain(state.sentence)} The rounds that finished can be reviewed.")
    fragment(_panel)(run, n_rounds)


def _nothing_yet(run: Run, state: RunState) -> None:
    done = run.n_epochs(0)
    if state.state == "waiting":
        st.info("Round 1 waits for its cut: set it on the selection page, and come back.")
    elif state.live:
        st.info(
            "There is nothing to review yet: images are flagged when the first round has its "
            f"selection. {done} of its {run.config().rounds[0].epochs} epochs are done."
        )
    else:
        st.warning(
            f"There is nothing to review: this run ended after {done} epochs, before its first "
            "round had its selection. Resume it, or train again."
        )


def _panel(run: Run, n_rounds: int) -> None:
    checking = review_check.wanted()
    review = open_review(run, n_rounds, None if checking else _asked_cut(run, n_rounds))
    review_check.hear(review)
    if checking:
        review_check.show(review)
        return
    trust.run_banner(run)
    turned = review_gallery.hear(review)
    head = st.container()
    address = review_address.read(len(review.measured.class_names), n_rounds)
    review_filters.ask(review.measured, address)
    found = listing(review, address.filters)
    if len(found):
        _page(review, address, found, turned)
    else:
        st.info("No image passes these filters. Take one away to see more.")
    with head:
        _progress(review)
        check_button(run, sides_of_run(review.measured, review.cut), key="spot check button")
        if review.measured.held_out_A.any():
            st.caption(held_out_words(run))
    review_export.show(review)


def _asked_cut(run: Run, n_rounds: int) -> float | None:
    """The cut that the selection page left in the address, where it is of the last round."""
    cut, number = st.query_params.get("cut", ""), st.query_params.get("round", "1")
    own = run.rounds()[n_rounds - 1].cut
    asked = cut_asked(cut, own, run.n_epochs(n_rounds - 1) + 1.0)
    if number != str(n_rounds) or asked is None or asked == own:
        return None
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.info(
        f"Flagged by the cut of {cut_text(asked)} epochs that you looked at on the selection page; "
        f"round {n_rounds} itself cut at {cut_text(own)}."
    )
    right.button("Use the run's cut", on_click=_own_cut, width="stretch")
    return asked


def _own_cut() -> None:
    st.query_params.pop("cut", None)


def _progress(review: Review) -> None:
    now = progress(review.measured, standing(review).code_A)
    left, undo, redo = st.columns([6, 1, 1], vertical_alignment="bottom")
    can_undo, can_redo = store.can_undo(review.run.folder, review.window)
    share = now.n_flagged_decided / now.n_flagged if now.n_flagged else 1.0
    left.progress(share, text=_words(now))
    undo.button(
        "Undo", icon=":material/undo:", key="undo", width="stretch",
        on_click=review_actions.undo, args=(review,), disabled=not can_undo,
    )  # fmt: skip
    redo.button(
        "Redo", icon=":material/redo:", key="redo", width="stretch",
        on_click=review_actions.redo, args=(review,), disabled=not can_redo,
    )  # fmt: skip


def _words(now: Progress) -> str:
    if not now.n_flagged:
        return "No image is flagged: no round dropped any."
    by = ", ".join(f"{count(n)} {verdict}" for verdict, n in now.n_by_verdict.items())
    return (
        f"{count(now.n_flagged_decided)} of {count(now.n_flagged)} flagged images decided "
        f"({percent(now.n_flagged_decided / now.n_flagged, 0)}); of all images: {by}"
    )


def _page(review: Review, address: Address, found: IntArray, turned: int) -> None:
    n_pages = -(-len(found) // address.size)
    page = min(max(address.page + turned, 1), n_pages)
    if page != address.page:
        address = replace(address, page=page)
        review_address.write(address)
    first = (page - 1) * address.size
    index_T = found[first : first + address.size]
    shown = f"Images {count(first + 1)} to {count(first + len(index_T))} of {count(len(found))}"
    _all_of_them(review, found, shown)
    if address.layout == "gallery":
        review_gallery.show(review, standing(review), index_T)
    else:
        review_table.show(review, index_T)
    key = f"review page {page} of {n_pages}"
    st.pagination(n_pages, default=page, key=key, on_change=_turned, args=(address, key))


def _turned(address: Address, key: str) -> None:
    review_address.write(replace(address, page=st.session_state[key]))


def _all_of_them(review: Review, found: IntArray, shown: str) -> None:
    """Decisions about everything that the filters let through, on every page."""
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="center")
    left.text(shown)
    with right.popover(f"Decide for all {count(len(found))}", width="stretch"):
        st.caption(
            f"About all {count(len(found))} images of this list, on every page. One undo takes "
            "it back."
        )
        for kind, title in (
            ("keep", "Keep all"),
            ("suggest", "Relabel all to their suggestions"),
            ("drop", "Drop all"),
            ("clear", "Clear all"),
        ):
            st.button(
                title, key=f"all {kind}", width="stretch",
                on_click=_decide_all, args=(review, kind, found),
            )  # fmt: skip
    middle.button("Refresh the list", key="refresh", width="stretch", on_click=list_anew)


def _decide_all(review: Review, kind: str, found: IntArray) -> None:
    review_actions.act(review, kind, found.tolist())
