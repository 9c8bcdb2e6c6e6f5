"""Small pieces that the parts of the form of a new run share."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

_BEGUN = "form begun"


def begin_anew() -> None:
    """Forget what was typed: every widget of the form gets another key."""
    st.session_state[_BEGUN] = st.session_state.get(_BEGUN, 0) + 1


def key(name: str) -> str:
    """Return the key of a widget, for which the browser keeps what was typed."""
    begun = st.session_state.get(_BEGUN, 0)
    return f"{name} {begun}" if begun else name


def at(options: Iterable[str], value: str) -> int:
    """Find where a value stands; the first where it is none of them."""
    found = list(options)
    return found.index(value) if value in found else 0


def share(label: str, start: float, *, name: str, least: int = 0) -> float:
    """Ask for a share from 0 to 1 in whole per cent; an untouched `start` keeps its digits."""
    shown = min(100, max(least, round(100 * start)))
    asked = int(st.slider(label, least, 100, shown, format="%d %%", key=key(name)))
    return start if asked == shown else asked / 100
