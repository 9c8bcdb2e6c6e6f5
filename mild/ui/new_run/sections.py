"""The parts of the form of a new run, each with a place for what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mild.ui.new_run.problems import ANCHOR, Problem
from mild.ui.words import plain

FOLDED = ("noise", "rounds", "cut", "network")
"""Parts that may be folded."""
_WRONG = "form wrong"


@dataclass(frozen=True, slots=True)
class Sections:
    """The parts of the form, each with a place for its problems, which are known at the end."""

    places: dict[str, DeltaGenerator] = field(default_factory=dict)

    @contextmanager
    def section(self, name: str, title: str = "", *, expanded: bool = True) -> Iterator[None]:
        """Begin a part of the form that links lead to; one with a title can be folded."""
        st.html(f"<span class='mild-anchor' id='{ANCHOR}{name}'></span>")
        wrong = name in st.session_state.get(_WRONG, ())
        with st.expander(title, expanded=expanded or wrong) if title else st.container():
            yield
            self.places[name] = st.container()

    def show(self, problems: Sequence[Problem]) -> None:
        """Show every problem under the fields that it is about."""
        for problem in problems:
            if problem.section in self.places:
                place = self.places[problem.section]
                say = place.info if problem.still_to_give else place.error
                say(plain(problem.sentence))
        wrong = {problem.section for problem in problems}
        if wrong != st.session_state.get(_WRONG, set()):
            st.session_state[_WRONG] = wrong
            if any(place in wrong for place in FOLDED):
                st.rerun()  # with the folded parts open in which something is wrong
