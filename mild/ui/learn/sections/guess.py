"""Lesson, planting: which of two images has the wrong label?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from mild.figures.lesson.planting import two_histories
from mild.figures.pictures.raster import contact_sheet
from mild.lesson.planting import misclassified_so_far
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import remember, start_from_address
from mild.ui.learn.recorded import pairs, planted_counts, planted_round
from mild.ui.saving import chart
from mild.ui.words import plain

NAMES = ("Image A", "Image B")
KINDS = ("clean", "mislabeled")


def guess() -> None:
    """Draw two histories that look alike; the images come with the answer."""
    start_from_address("pair", "learn pair", 1, 1, len(pairs()))
    numbers = range(1, len(pairs()) + 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pair = st.segmented_control("Pair", numbers, key="learn pair", required=True) or 1
        asked = st.segmented_control(
            "Which one has the wrong label?", NAMES, key=f"learn guess {pair}"
        )
    remember("pair", pair)
    slots, kinds = shown(pair)
    _histories(slots, kinds if asked else None)
    if asked:
        _reveal(asked, slots, kinds)


def shown(pair: int) -> tuple[tuple[int, int], tuple[str, str]]:
    """Return the slots of images A and B, and their kinds; which is clean differs by the pair."""
    clean, wrong = pairs()[pair - 1]
    if np.random.default_rng(pair).random() < 0.5:
        return (wrong, clean), (KINDS[1], KINDS[0])
    return (clean, wrong), KINDS


def _histories(slots: tuple[int, int], kinds: tuple[str, str] | None) -> None:
    status_EN = planted_round().recorded.status_EN()[:, list(slots)]
    for column, name, status_E in zip(
        st.columns(2, gap="medium"), NAMES, status_EN.T.astype(bool), strict=True
    ):
        with column:
            n_misclassified = int((~status_E).sum())
            st.markdown(f"**{name}** · misclassified in {n_misclassified} of {len(status_E)}")
            learn_words.strip(status_E)
    learn_words.key_of_colours()
    so_far = misclassified_so_far(status_EN)
    curves = {name: so_far[:, number].tolist() for number, name in enumerate(NAMES)}
    chart(
        two_histories(curves, kinds), "two histories",
        lambda: {"epoch": range(1, len(status_EN) + 1), **curves}, key="chart histories",
        alt="Epochs misclassified so far, of two images that look alike",
    )  # fmt: skip


def _reveal(asked: str, slots: tuple[int, int], kinds: tuple[str, str]) -> None:
    view = planted_round()
    run, recorded = view.recording, view.recorded
    wrong = kinds.index("mislabeled")
    hit = NAMES.index(asked) == wrong
    badge = ":green-badge[right]" if hit else ":orange-badge[no]"
    st.markdown(f"{badge} **{NAMES[wrong]}** has the wrong label. Nothing but the picture tells.")
    for column, name, slot in zip(st.columns(2, gap="medium"), NAMES, slots, strict=True):
        index = int(recorded.index_N[slot])
        with column, st.container(horizontal=True, vertical_alignment="center"):
            picture = contact_sheet(run.pictures(np.array([index])), columns=1, side=96)
            st.image(picture, width=96, alt=f"{name}: a handwritten digit")
            st.markdown(
                f"{name}: given label **{plain(run.class_names[run.given_A[index]])}**, clean "
                f"label **{plain(run.class_names[run.clean_A[index]])}**"
            )
    _why_not(recorded.counts_N()[slots[1 - wrong]])


def _why_not(count: int) -> None:
    clean_C, wrong_C = planted_counts()
    n_clean, n_wrong = int(clean_C[count]), int(wrong_C[count])
    st.markdown(
        f"Of the images misclassified in exactly {count} epochs, {n_clean} "
        f"{'is' if n_clean == 1 else 'are'} clean and {n_wrong} mislabeled. A curve alone cannot "
        "say which: it depends on how late wrong labels are learned here, and how many there are. "
        "Another network, and the same curve means something else."
    )
