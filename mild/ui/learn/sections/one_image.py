"""Lesson, one image: from what happens in every epoch to how likely its label is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mild.figures.lesson.learning import posterior_at
from mild.lesson import numbers
from mild.lesson.first_round import LessonRound, pick
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import remember
from mild.ui.learn.recorded import first_round
from mild.ui.learn.words import Figure, probability, signed
from mild.ui.saving import chart
from mild.words import Noun

KEY = "learn sequence"
EPOCHS = Noun("epoch", "epochs")


def show() -> None:
    """Draw epochs to switch, and everything that is computed from them."""
    view = first_round("demo")
    p = view.n_epochs
    st.markdown(
        f"A network sees every image once per *epoch*. If it predicts the given label, right or "
        f"wrong, the image is **memorized** in that epoch, else **misclassified**. Here are {p} "
        "epochs of one image."
    )
    if KEY not in st.session_state:
        st.session_state[KEY] = in_address(p)
    _examples(view)
    chosen = st.pills(
        "Epochs in which it is memorized", range(1, p + 1), selection_mode="multi", key=KEY,
        help=f"{learn_words.EPOCH} Press an epoch to switch it; arrow keys move, Space switches.",
    )  # fmt: skip
    memorized = [epoch in chosen for epoch in range(1, p + 1)]
    remember("sequence", "".join("1" if item else "0" for item in memorized))
    learn_words.strip(memorized)
    learn_words.key_of_colours()
    story = numbers.story(memorized)
    _numbers(story, view)
    _belief(story, view)
    learn_words.task(
        "**Try.** Make two timelines with the same metric, one that forgets once and one that "
        "forgets five times. What happens to P(clean)? Then find the metric at which the verdict "
        "turns."
    )


def _examples(view: LessonRound) -> None:
    p, half = view.n_epochs, view.n_epochs // 2
    recorded = view.recorded.status_EN()
    hard = int(pick(view, "clean, hard")[0])
    ready: dict[str, Sequence[int]] = {
        "An easy one": range(3, p + 1),
        "Memorized late": range(p - 3, p + 1),
        "Never memorized": (),
        "Forgotten again and again": range(2, p + 1, 2),
        "Memorized, then lost": range(1, half + 1),
        "A real one: clean, but hard": (np.flatnonzero(recorded[:, hard]) + 1).tolist(),
    }
    with st.container(horizontal=True):
        for name, epochs in ready.items():
            st.button(name, key=f"press {name}", on_click=_set, args=(list(epochs),))


def _set(epochs: list[int]) -> None:
    st.session_state[KEY] = epochs


def _numbers(story: numbers.Story, view: LessonRound) -> None:
    likely = float(view.mixture.posterior_clean()[story.misclassified])
    first = story.first_memorized_epoch
    learn_words.figures(
        Figure(
            "Misclassified", EPOCHS.count(story.misclassified),
            help="Waiting to be memorized. The paper calls it memorization difficulty, D_mem.",
        ),
        Figure(
            "Memorized", EPOCHS.count(story.memorized),
            help="Before being forgotten. The paper calls it forgetting difficulty, D_for.",
        ),
        Figure(
            "Metric M", f"{signed(story.metric)} epochs",
            help="Misclassified minus memorized. Low: likely clean. High: likely mislabeled.",
        ),
        Figure(
            "First memorized", "never" if first is None else f"epoch {first}",
            help="The first epoch in which its given label was predicted.",
        ),
        Figure(
            "Forgetting events", str(story.forgetting_events),
            help="How often memorized was followed by misclassified.",
        ),
        Figure("P(clean)", probability(likely), help=learn_words.P_CLEAN),
    )  # fmt: skip


def _belief(story: numbers.Story, view: LessonRound) -> None:
    posterior_C = view.mixture.posterior_clean()
    likely = float(posterior_C[story.misclassified])
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        chart(
            posterior_at(posterior_C, story.misclassified), "P(clean)",
            lambda: {"misclassified epochs": range(len(posterior_C)), "P(clean)": posterior_C},
            key="chart posterior",
            alt=f"P(clean) by the metric; at {signed(story.metric)} it is {probability(likely)}",
        )  # fmt: skip
    with right:
        st.markdown(
            f"Misclassified − memorized = {story.misclassified} − {story.memorized} = "
            f"**{signed(story.metric)}**, "
            f"always from −{view.n_epochs} to {view.n_epochs}. Order does not count: neither the "
            "first memorized epoch nor the forgetting events enter the metric. They are shown "
            "because they tell the story that the metric sums up."
        )
        verdict = "kept" if story.misclassified < view.cut else "flagged"
        st.markdown(
            f"The recorded run cuts at {view.cut} epochs misclassified, so this image would be "
            f"**{verdict}**. P(clean) is a belief under a fit to {view.n:,} images, not a verdict "
            "on one."
        )


def in_address(n_epochs: int) -> list[int]:
    """Read the epochs of an image from the address, as many as there are."""
    asked = st.query_params.get("sequence", "")
    if len(asked) == n_epochs and set(asked) <= {"0", "1"}:
        return [epoch for epoch, letter in enumerate(asked, start=1) if letter == "1"]
    return list(range(4, n_epochs + 1))
