"""Small pieces that the parts of the form of a new run share."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

_BEGUN = "form begun"


def begin_anew() -> None:
    """Forget what was typed: every widget of the form is another one from now on."""
    st.session_state[_BEGUN] = st.session_state.get(_BEGUN, 0) + 1


def key(name: str) -> str:
    """The key of a widget. A browser keeps what was typed for as long as it stays the same."""
    begun = st.session_state.get(_BEGUN, 0)
    return f"{name} {begun}" if begun else name


def at(options: Iterable[str], value: str) -> int:
    """Where a value stands; the first where it is none of them."""
    found = list(options)
    return found.index(value) if value in found else 0


def share(label: str, start: float, *, name: str, least: int = 0) -> float:
    """A share from 0 to 1, asked for in whole per cent; `start` to the digit while untouched."""
    shown = min(100, max(least, round(100 * start)))
    asked = int(st.slider(label, least, 100, shown, format="%d %%", key=key(name)))
    return start if asked == shown else asked / 100
