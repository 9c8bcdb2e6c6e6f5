"""What checked images say of the cut on the page, and the button that checks more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mild.analysis.checks.sides import Sides
from mild.analysis.rounds.round_view import RoundView
from mild.core.spot_check import SpotCheck
from mild.store.run import Run
from mild.ui.checked import check_button, cut_words, offered_cut
from mild.ui.words import cut_text


def show(
    run: Run, sides: Sides, view: RoundView, found: SpotCheck | None, take: Callable[[float], None]
) -> None:
    """The cut that the measurement supports, and the button."""
    if found is not None:
        noise_rate = view.selection.noise_rate_estimate
        supported = offered_cut(run, sides, found, noise_rate)
        if supported is not None:
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.info(cut_words(supported, found), icon=":material/content_cut:")
            right.button(
                f"Use cut {cut_text(supported.cut)}", key="supported cut", width="stretch",
                on_click=take, args=(float(supported.cut),),
            )  # fmt: skip
    check_button(run, sides, key="spot check button")
