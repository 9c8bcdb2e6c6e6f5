"""What of the lesson is done, ticked by whoever goes through it; kept as long as the page is."""

from __future__ import annotations

import streamlit as st

from mild.ui.learn.plan import SECTIONS


def key_of(name: str) -> str:
    """Return the key of the tick of a section."""
    return f"learn done {name}"


def mark(name: str) -> None:
    """Tick a section."""
    st.session_state[key_of(name)] = True


def is_done(name: str) -> bool:
    """Return whether a section is ticked."""
    return bool(st.session_state.get(key_of(name)))


def tick(name: str) -> None:
    """Draw the box that ticks a section."""
    st.checkbox("Done", key=key_of(name), help="Ticks this section in the list above.")


def in_words() -> str:
    """Say how much is done and how long the rest takes."""
    left = [section for name, section in SECTIONS.items() if not is_done(name)]
    if not left:
        return "All sections done."
    minutes = sum(section.minutes for section in left)
    return f"{len(SECTIONS) - len(left)} of {len(SECTIONS)} done, about {minutes} minutes left"
