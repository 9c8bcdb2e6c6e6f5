"""The review page in its other state: a spot check, image after image, then what it measured."""

from __future__ import annotations

import streamlit as st

from mild.analysis.checks.sides import Sides, sides_of_round, sides_of_run
from mild.analysis.checks.spot_checks import N_ENOUGH, N_USUAL
from mild.analysis.checks.words import TITLES, value, within
from mild.core.spot_check import SpotCheck
from mild.store.review.checks import Checks, checks
from mild.store.review.decision import Decision
from mild.store.review.decisions import decide, decisions
from mild.ui.frame.start import open_page
from mild.ui.review.spot_check.card import show_card
from mild.ui.review.state import Review
from mild.ui.spot_check import (
    address,
    begin,
    cut_words,
    measured_at,
    offered_cut,
    say_contradiction,
)
from mild.ui.words import count


def wanted() -> bool:
    """Tell whether the address asks for a check."""
    return "check" in st.query_params


def sides_in_address(review: Review) -> Sides:
    """Return the two sides of the round and cut in the address, else those of the whole run."""
    number = _whole(st.query_params.get("round", ""))
    if st.query_params.get("check") == "round" and number is not None:
        cut = _number(st.query_params.get("cut", ""))
        if number <= review.measured.n_rounds + 1:
            found = sides_of_round(review.run, number - 1, cut)
            if found is not None:
                return found
    return sides_of_run(review.measured, review.verdicts.cut)


def show(review: Review) -> None:
    """Show the next image to answer for, or the figures when all are answered."""
    sides, now = sides_in_address(review), checks(review.run.folder)
    st.button("Leave the check", icon=":material/arrow_back:", key="leave", on_click=_leave)
    if not now.drawn:
        _nothing_drawn(review, sides)
    elif now.to_answer:
        show_card(review, now)
    else:
        _finished(review, sides, now)


def _nothing_drawn(review: Review, sides: Sides) -> None:
    st.info(
        f"A spot check shows {review.things(N_USUAL)}, half of them flagged and half kept, without "
        "saying which. You say of each whether its label is right, and that measures the selection."
    )
    _more_button(review, sides, f"Check {review.things(N_USUAL)}")


def _finished(review: Review, sides: Sides, now: Checks) -> None:
    st.subheader(f"{review.things(len(now.answers))} checked")
    found = measured_at(review.run, sides)
    if found is None:
        st.info(
            f"Figures need {review.things(N_ENOUGH)} whose label is right or wrong; so far there "
            f"are {len(now.wrong)}. Check more."
        )
    else:
        _figures(review, found)
        noise_rate = _noise_rate(review, sides)
        say_contradiction(found, noise_rate)
        supported = offered_cut(review.run, sides, found, noise_rate)
        if supported is not None:
            st.info(cut_words(supported, found), icon=":material/content_cut:")
    with st.container(horizontal=True):
        if st.button("Back to the selection", icon=":material/content_cut:", key="to selection"):
            query = address(review.run, sides)
            del query["check"]
            open_page("selection", **query)
        _more_button(review, sides, f"Check {N_USUAL} more")
        _drop_wrong(review, now)


def _range(name: str, between: str) -> str:
    if not between:
        return "not known"
    return between if name == "f1_flagged" else f"{between} %"


def _figures(review: Review, found: SpotCheck) -> None:
    for column, (name, (title, meaning)) in zip(st.columns(4), TITLES.items(), strict=True):
        figure = getattr(found, name)
        between = within(name, figure).strip(" ()")
        column.metric(
            title[0].upper() + title[1:], value(name, figure, rough=True),
            _range(name, between), "off", delta_arrow="off",
            help=review.noun.said(f"{meaning[0].upper()}{meaning[1:]}, with its 95 % interval."),
        )  # fmt: skip
    left_out = "is left out" if found.n_unknown == 1 else "are left out"
    unknown = f" {review.things(found.n_unknown)} you could not tell {left_out}."
    unknown *= bool(found.n_unknown)
    st.caption(
        f"Of {review.things(found.n_checked)} that you could tell, {count(found.n_wrong)} have a "
        f"wrong label.{unknown} Under each figure is the range that holds the true value in 95 "
        f"of 100 such checks, over {count(found.n_kept)} kept and {count(found.n_flagged)} "
        f"flagged {review.noun.many}."
    )


def _noise_rate(review: Review, sides: Sides) -> float | None:
    """Return the noise rate by the fit of the same images."""
    records = review.run.rounds()
    number = sides.number or 0
    return records[number].noise_rate_estimate if number < len(records) else None


def _more_button(review: Review, sides: Sides, title: str) -> None:
    left = sides.judged_A.sum() - len(checks(review.run.folder).drawn)
    st.button(
        title, icon=":material/rule:", key="check more", type="primary", disabled=left <= 0,
        on_click=begin, args=(review.run, sides),
    )  # fmt: skip


def _drop_wrong(review: Review, now: Checks) -> None:
    """Offer to drop what was called wrong: an answer is no decision."""
    found = [index for index, is_wrong in now.wrong.items() if is_wrong]
    decided = decisions(review.run.folder, found)
    wrong = [index for index in found if index not in decided]
    if wrong and st.button(
        f"Drop the {review.things(len(wrong))} found wrong",
        icon=":material/delete:", key="drop wrong",
        help="As decisions of the review, which can be undone there. Answers alone change nothing.",
    ):  # fmt: skip
        decide(review.run.folder, dict.fromkeys(wrong, Decision("drop")), review.window)
        st.rerun()


def _leave() -> None:
    for key in ("check", "round", "cut"):
        st.query_params.pop(key, None)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else None


def _number(text: str) -> float | None:
    try:
        value = float(text[:20])
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None
