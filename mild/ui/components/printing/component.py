"""Register the button and send it the page; streamlit's own prints menus and all."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "mild_printing",
    html='<button class="open" type="button"></button>',
    css=(_HERE / "printing.css").read_text(encoding="utf-8"),
    js=(_HERE / "printing.js").read_text(encoding="utf-8"),
)


def print_button(label: str, page: str, *, key: str) -> None:
    """Draw a button that opens `page`, a whole HTML document, in a new tab of the browser."""
    _mount(key=key, data={"label": label, "page": page}, width="content")
