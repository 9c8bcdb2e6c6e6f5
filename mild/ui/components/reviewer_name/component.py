"""Keep a reviewer's name in a cookie: several people may share one dashboard, each at a browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

import streamlit as st

COOKIE = "mild_reviewer"

_mount = st.components.v2.component(
    "mild_reviewer_name",
    js=Path(__file__).with_name("reviewer_name.js").read_text(encoding="utf-8"),
)


def keep_name(key: str, name: str) -> None:
    """Have the browser keep a name; it is known from the next time on that the page is loaded."""
    _mount(key=key, data={"cookie": COOKIE, "name": quote(name)}, height=1)


def kept_name() -> str:
    """Return what this browser kept, as somebody may have changed it there; '' if nothing."""
    kept: object = st.context.cookies.get(COOKIE)
    return unquote(kept) if isinstance(kept, str) else ""
