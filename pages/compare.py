"""Compare: which run, rule, detector, number of epochs is better?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router, unseen_title

ensure_router()

import streamlit as st  # noqa: E402

from mild.store.run import all_runs  # noqa: E402
from mild.ui.frame.empty import empty  # noqa: E402

unseen_title("Compare")


def _turned() -> None:
    st.query_params["tab"] = st.session_state["compare"].split()[0].lower()


if all_runs():
    from mild.ui.compare import detectors, rules, runs, sweep  # plotly: where there is something

    TABS = {
        "Runs": runs.show_runs,
        "Detectors on one run": detectors.show_detectors,
        "Rules and epochs on one run": rules.show_rules,
        "Sweep": sweep.show,
    }
    asked = st.query_params.get("tab", "")
    first = next((name for name in TABS if name.split()[0].lower() == asked), None)
    places = st.tabs(list(TABS), key="compare", default=first, on_change=_turned)
    for place, show in zip(places, TABS.values(), strict=True):
        if place.open:
            with place:
                show()
else:
    empty("compare")
