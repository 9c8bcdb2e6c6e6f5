"""Compare: which run, rule, detector, number of epochs is better?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.store.run import all_runs  # noqa: E402
from mild.ui.compare import panel as compare_panel  # noqa: E402
from mild.ui.compare import sweep as sweep_panel  # noqa: E402
from mild.ui.current import no_runs  # noqa: E402

st.title("Compare")
if all_runs():
    runs_tab, detectors_tab, rules_tab, sweep_tab = st.tabs(
        ["Runs", "Detectors on one run", "Rules and epochs on one run", "Sweep"],
        key="compare",
        on_change="rerun",
    )
    for tab, show in (
        (runs_tab, compare_panel.show_runs),
        (detectors_tab, compare_panel.show_detectors),
        (rules_tab, compare_panel.show_rules),
        (sweep_tab, sweep_panel.show),
    ):
        if tab.open:
            with tab:
                show()
else:
    no_runs()
