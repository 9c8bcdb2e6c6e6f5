"""What stands on a page that has nothing to show yet: what it will show, and the way there."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.ui.frame import glimpses
from mild.ui.frame.demo import demo_button
from mild.ui.frame.start import open_page
from mild.ui.said import said
from mild.ui.words import plain

WILL_SHOW = {
    "live": "Live draws a run while it trains: right labels are memorized within a few epochs, "
    "wrong ones late or never.",
    "dynamics": "Dynamics shows every image, epoch by epoch, from the one memorized first to the "
    "one never memorized.",
    "selection": "Selection shows how often the labels were misclassified, and where to cut: what "
    "lies to the left is kept.",
    "review": "Review shows the images whose labels look wrong, the worst first, for you to keep, "
    "relabel or drop.",
    "rounds": "Rounds shows what each round kept. Here the first one takes out nearly all wrong "
    "labels.",
    "compare": "Compare puts runs, rules and detectors side by side. Here the metric tells wrong "
    "labels better than the loss of a single epoch.",
}
"""One sentence about the picture of each page."""
NO_RUN = "There is no run yet."


def empty(page: str, why: str = NO_RUN, *, run_id: str | None = None) -> None:
    """Say why there is nothing to see, with a picture of what there will be and the way to it.

    Parameters
    ----------
    page
        The name of the page's file; of one without a picture, only the words are shown.
    run_id
        The run that the page is about, to be watched until there is something; without one, a run
        is offered.
    """
    st.markdown(f"**{plain(why)}**")
    if page in WILL_SHOW:
        left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
        with left, st.container(border=True):
            glimpses.show(page)
    else:
        right = st.container()
    with right:
        st.markdown(said(WILL_SHOW.get(page, "")))
        _lead_on(page, run_id)


def _lead_on(page: str, run_id: str | None) -> None:
    with st.container(horizontal=True):
        if run_id is None and not may(Role.OWNER):
            st.caption("Runs are started by the owners of this dashboard.")
        elif run_id is None:
            if st.button(
                "Check my images", icon=":material/photo_library:", type="primary",
                key="check my images",
            ):  # fmt: skip
                open_page("new_run")
            demo_button("secondary")
        elif page != "live" and st.button(
            "See it on Live", icon=":material/monitoring:", type="primary", key="watch it"
        ):
            open_page("live", run=run_id)
