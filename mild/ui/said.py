"""Sentences about images, said of what the instances of the run on the page are."""

from __future__ import annotations

import streamlit as st

from mild.errors import RunError
from mild.store.run import Run
from mild.words import IMAGE, Noun

_NOUN = "what instances are"


def speak_of(run: Run) -> None:
    """Call instances what they are in this run, from now on in this window."""
    try:
        st.session_state[_NOUN] = run.noun()
    except RunError:  # damaged, which the page says by itself
        st.session_state[_NOUN] = IMAGE


def noun() -> Noun:
    """What people call an instance of the run on the page."""
    found: Noun = st.session_state.get(_NOUN, IMAGE)
    return found


def said(sentence: str) -> str:
    """A sentence about images, about samples where the run on the page has no images."""
    return noun().said(sentence)
