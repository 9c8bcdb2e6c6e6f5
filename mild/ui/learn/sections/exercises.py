"""Lesson, exercises: type a number or think, then reveal the answer."""

from __future__ import annotations

import streamlit as st

from mild.ui.components.printing import print_button
from mild.ui.learn import words as learn_words
from mild.ui.learn.questions.sheet import printable_sheet
from mild.ui.learn.questions.tasks import EXERCISES, Exercise


def show() -> None:
    """Draw all exercises, answers hidden."""
    st.markdown(
        "Some are answered with pencil and paper, some by playing with the sections before. Where "
        "the answer is a whole number, type it in to check it."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        print_button("Open the sheet to print", printable_sheet(), key="print exercises")
        st.caption("The exercises on one page, the answers on a second.")
    for number, exercise in enumerate(EXERCISES, start=1):
        with st.container(border=True):
            _one(number, exercise)


def _one(number: int, exercise: Exercise) -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    left.markdown(
        f"**{number}. {exercise.title}**\n\n{exercise.question}",
        help=learn_words.terms(exercise.question),
    )
    if exercise.number is not None:
        typed = right.number_input(
            "Your answer", value=None, step=1, key=f"learn answer {number}",
            placeholder="a whole number",
        )  # fmt: skip
        if typed is not None:
            right_one = typed == exercise.number()
            st.markdown(":green-badge[right]" if right_one else ":orange-badge[not yet]")
    if st.toggle("Show the answer", key=f"learn reveal {number}"):
        st.markdown(exercise.answer())
