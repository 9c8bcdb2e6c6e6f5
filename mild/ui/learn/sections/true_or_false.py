"""Lesson, misunderstandings: agree or disagree, then read why."""

from __future__ import annotations

import streamlit as st

from mild.ui.learn import words as learn_words
from mild.ui.learn.questions.beliefs import BELIEFS, Belief

AGREE, DISAGREE = "True", "False"


def show() -> None:
    """Draw one statement after another; the reason comes with the answer."""
    st.markdown(
        "Statements that one hears. Is each of them true? Most are not, and the reasons are worth "
        "more than the score. Every number in them is computed from the recorded runs."
    )
    all_shown = st.toggle("Show all reasons", key="learn reasons")
    score = st.empty()
    answers = [_ask(number, belief, all_shown) for number, belief in enumerate(BELIEFS, start=1)]
    n_answered = sum(answer is not None for answer in answers)
    n_right = sum(
        answer is not None and (answer == AGREE) == belief.true
        for answer, belief in zip(answers, BELIEFS, strict=True)
    )
    score.markdown(f"**{n_right}** right of {n_answered} answered, {len(BELIEFS)} in all.")


def _ask(number: int, belief: Belief, shown: bool) -> str | None:
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(f"**{number}. {belief.statement}**", help=learn_words.terms(belief.statement))
        answer = right.segmented_control(
            f"Is statement {number} true?", (AGREE, DISAGREE), key=f"learn belief {number}",
            label_visibility="collapsed",
        )  # fmt: skip
        if answer is not None or shown:
            right_answer = AGREE if belief.true else DISAGREE
            verdict = f"**{right_answer}.**"
            if answer is not None:
                hit = answer == right_answer
                verdict = (
                    f":green-badge[right] {verdict}" if hit else f":orange-badge[no] {verdict}"
                )
            reason = belief.reason()
            st.markdown(f"{verdict} {reason}", help=learn_words.terms(reason))
        return answer
