"""Scroll to the top where something else is shown: streamlit leaves the scroll where it was."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "mild_to_top", js=(Path(__file__).parent / "to_top.js").read_text(encoding="utf-8")
)


def begin_at_top(shown: str, *, key: str) -> None:
    """Scroll the page to its top whenever `shown` is another one than before."""
    _mount(key=key, data=shown, height=1)
