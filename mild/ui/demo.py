"""One button that shows what the product does."""

from __future__ import annotations

import streamlit as st

from mild.config import presets
from mild.ui.start import start_and_watch


def demo_button() -> None:
    """Start the demo and go to its live page."""
    st.caption(presets.describe("demo"))
    if st.button("Run the demo", type="primary", icon=":material/play_arrow:", key="demo"):
        start_and_watch(presets.preset("demo"))
