"""What the lesson keeps in the address, so that a link shows a class the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st


def start_from_address(name: str, key: str, default: int, low: int, high: int) -> None:
    """Give the widget `key` the whole number that the address holds under `name`, once."""
    if key in st.session_state:
        return
    asked = st.query_params.get(name, "")
    number = int(asked[:9]) if asked.isascii() and asked.isdigit() else default
    st.session_state[key] = min(max(number, low), high)


def choice_from_address(name: str, key: str, options: Sequence[str]) -> None:
    """Give the widget `key` the option that the address holds under `name`, once."""
    if key in st.session_state:
        return
    asked = st.query_params.get(name, "")
    st.session_state[key] = asked if asked in options else options[0]


def remember(name: str, value: Any) -> None:
    """Put a value into the address."""
    if st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)
