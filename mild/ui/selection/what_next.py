"""What to do with a cut: review what it flags, go on with it, or check it by eye."""

from __future__ import annotations

import streamlit as st

from mild.installation import TOP_LEVEL as ROOT
from mild.ui import apply
from mild.ui.selection.look import Look
from mild.ui.spot_check import check_button, cut_words, offered_cut
from mild.ui.words import cut_text


def show(look: Look) -> None:
    """Draw the buttons, the most usual one first."""
    with st.container(horizontal=True, gap="small"):
        _review(look)
        apply.show(look.run, look.number, look.cut, look.view.n_epochs)
        if look.sides is not None and not look.trust.check_helps:  # else the banner has it
            check_button(look.run, look.sides, key="spot check button")
    _offer_measured_cut(look)


def _review(look: Look) -> None:
    pressed = st.button(
        "Review with this cut",
        type="primary",
        icon=":material/fact_check:",
        key="review",
        disabled=not look.whole,
        help=None if look.whole else "Count all epochs first: a review is of the whole round.",
    )
    if pressed:
        query = {
            "run": look.run.run_id,
            "round": str(look.number + 1),
            "cut": cut_text(look.cut),
        }
        st.switch_page(ROOT / "pages" / "review.py", query_params=query)


def _offer_measured_cut(look: Look) -> None:
    """Offer another cut, where the checked images speak for it."""
    if look.measured is None or look.sides is None:
        return
    rate = look.view.selection.noise_rate_estimate
    supported = offered_cut(look.run, look.sides, look.measured, rate)
    if supported is None:
        return
    st.info(cut_words(supported, look.measured), icon=":material/content_cut:")
    st.button(
        f"Use cut {cut_text(supported.cut)}", key="supported cut",
        on_click=look.take, args=(float(supported.cut),),
    )  # fmt: skip
