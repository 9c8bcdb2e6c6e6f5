"""One button that shows what the product does."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from mild.access import Role, may
from mild.config import presets
from mild.ui.frame.start import start_and_watch


def demo_button(kind: Literal["primary", "secondary"] = "primary") -> None:
    """Start the demo and go to its live page; for owners."""
    if not may(Role.OWNER):
        return
    if st.button(
        "Run the demo", type=kind, icon=":material/play_arrow:", key="demo",
        help=presets.describe("demo"),
    ):  # fmt: skip
        start_and_watch(presets.preset("demo"))
