"""Runs: which exist, how far are they, how good?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.store.run import all_runs  # noqa: E402
from mild.ui.current import no_runs  # noqa: E402
from mild.ui.demo import demo_button  # noqa: E402

st.title("Which labels are wrong?")
st.markdown(
    "A network finds right labels easy to memorize and hard to forget, wrong ones the other way "
    "round. A *run* trains one in the background, records for every image in every epoch whether "
    "its label was memorized, and tells the two kinds apart."
)

if not all_runs():
    no_runs()
else:
    from mild.ui.runs import table as runs_table  # pandas: not before the title is there

    runs_table.show()
    with st.expander("Run the demo again"):
        demo_button()
