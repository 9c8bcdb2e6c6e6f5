"""Small pieces that the parts of the form of a new run share."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st


def at(options: Iterable[str], value: str) -> int:
    """Where a value stands; the first where it is none of them."""
    found = list(options)
    return found.index(value) if value in found else 0


def share(label: str, start: float, *, key: str, least: int = 0) -> float:
    """A share from 0 to 1, asked for in whole per cent; `start` to the digit while untouched."""
    shown = min(100, max(least, round(100 * start)))
    asked = int(st.slider(label, least, 100, shown, format="%d %%", key=key))
    return start if asked == shown else asked / 100
