"""Compare: which run, rule, detector, number of epochs is better?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.store.run import all_runs  # noqa: E402
from mild.ui.compare import panel as compare_panel  # noqa: E402
from mild.ui.compare import sweep as sweep_panel  # noqa: E402
from mild.ui.current import no_runs  # noqa: E402

TABS = {
    "Runs": compare_panel.show_runs,
    "Detectors on one run": compare_panel.show_detectors,
    "Rules and epochs on one run": compare_panel.show_rules,
    "Sweep": sweep_panel.show,
}


def _turned() -> None:
    st.query_params["tab"] = st.session_state["compare"].split()[0].lower()


st.title("Compare")
if all_runs():
    asked = st.query_params.get("tab", "")
    first = next((name for name in TABS if name.split()[0].lower() == asked), None)
    places = st.tabs(list(TABS), key="compare", default=first, on_change=_turned)
    for place, show in zip(places, TABS.values(), strict=True):
        if place.open:
            with place:
                show()
else:
    no_runs()
