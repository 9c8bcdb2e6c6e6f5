"""The button with the reviewer's name: second opinions, conflicts, and how well people agree."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mild.access.reviewer import MAX_LENGTH, checked, is_given, remember
from mild.analysis.agreement import words
from mild.errors import AccessError
from mild.store.review.conflicts import Conflict
from mild.ui import saving
from mild.ui.cache.reviewing import agreements, disputed
from mild.ui.components.reviewer_name import keep_name
from mild.ui.gate import policy
from mild.ui.review import modes
from mild.ui.review.address import ReviewAddress
from mild.ui.review.detail.decided import words_of
from mild.ui.review.state import Review, say
from mild.ui.words import count, plain

SHORT = 14
"""Characters of a name on the button."""
_BUTTON, _BOX, _WHAT = "review reviewer", "reviewer name", "reviewer mode"


def show(review: Review, address: ReviewAddress) -> None:
    """Draw the button; behind it the name, what one does on the page, and the agreement.

    The last two are worked out once it is opened: they read the whole review.
    """
    who = review.window.reviewer
    title = who if len(who) <= SHORT else f"{who[: SHORT - 1]}…"
    _keep_told()
    menu = st.popover(
        plain(title) or "Your name", icon=":material/person:", key=_BUTTON,
        on_change="rerun",
    )  # fmt: skip
    with menu:
        _ask_name(who)
        if saving.is_open(menu):
            _ask_mode(review, address)
            if not review.mode.blind:  # after each opinion it would tell what the others said
                _agreement(review)


def explain(review: Review) -> None:
    """Say, where it is not the usual, what one does on the page."""
    if review.mode is modes.SECOND:
        st.info(
            f"Second opinion by {plain(review.window.reviewer)}: what others decided is hidden, "
            "and stays as it is.",
            icon=":material/visibility_off:",
        )
    elif review.mode is modes.SETTLE:
        st.info(
            "Reviewers disagree about these. What you decide now stands.",
            icon=":material/handshake:",
        )


def nothing(review: Review) -> str | None:
    """Say why there is nothing to do where it is not the usual; None where it is."""
    if review.mode is modes.SECOND:
        return (
            "There is nothing to give a second opinion on: no other reviewer has decided anything, "
            "or these filters let none of it through."
        )
    if review.mode is modes.SETTLE:
        return "Reviewers disagree about nothing that these filters let through."
    return None


def said(review: Review, indices: Sequence[int]) -> dict[int, str]:
    """Put what each reviewer says into words, of those instances that they disagree about."""
    if review.mode is not modes.SETTLE:
        return {}
    names, found = review.measured.class_names, disputed(review.run).conflicts
    return {index: _who_says_what(found[index], names) for index in indices if index in found}


def _who_says_what(item: Conflict, names: tuple[str, ...]) -> str:
    return " · ".join(f"{who or 'somebody'}: {words_of(what, names)}" for who, what in item.said)


def _ask_name(who: str) -> None:
    if is_given():
        st.caption(f"Decisions are kept under {plain(who)}.")
        return
    st.session_state[_BOX] = who
    st.text_input(
        "Your name", key=_BOX, max_chars=MAX_LENGTH, on_change=_named, placeholder="such as Anna",
        help="Kept with every decision, so that several people can review one run.",
    )  # fmt: skip


def _keep_told() -> None:
    """Have the browser keep the name told in this window: on one machine several may review."""
    if told := st.session_state.get(modes.NAME):
        keep_name("reviewer name kept", str(told))


def _named() -> None:
    st.session_state[_BUTTON] = True  # by its new title it is another button, which stays open
    name = str(st.session_state[_BOX])
    try:
        local = policy.policy().door.local
        st.session_state[modes.NAME] = remember(name) if local else checked(name)
    except AccessError as error:
        say(str(error))


def _ask_mode(review: Review, address: ReviewAddress) -> None:
    who = review.window.reviewer

    def title(mode: modes.Mode) -> str:
        if mode.candidates is None or (review.mode.blind and mode is modes.SETTLE):
            return mode.title
        n = len(mode.candidates(review.run, who)) if who or not mode.blind else 0
        return f"{mode.title} ({count(n)})"

    st.session_state[_WHAT] = review.mode
    st.segmented_control(
        "What you do", modes.MODES, key=_WHAT, format_func=title, required=True,
        label_visibility="collapsed", on_change=_mode_changed, args=(review.mode, address),
        help="A second opinion is given without seeing what others decided.",
    )  # fmt: skip
    if not who:
        st.caption("A second opinion needs your name.")


def _mode_changed(before: modes.Mode, address: ReviewAddress) -> None:
    """Go over to the mode that was chosen; the box also calls where it is drawn anew."""
    chosen: modes.Mode = st.session_state.get(_WHAT) or before
    if chosen.name != before.name:
        modes.choose(chosen, address)


def _agreement(review: Review) -> None:
    for found in agreements(review.run):
        st.caption(
            plain(words(found)),
            help="Of what both judged without seeing the other's answer. Kappa is 1 where they "
            "always agree and 0 where they agree as often as by chance; 95 % interval.",
        )
