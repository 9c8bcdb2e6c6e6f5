"""Lesson, many images: the recorded run, replayed epoch by epoch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mild.core.dynamics.predictions import most_frequent_other_prediction
from mild.figures.lesson.learning import growing_curves
from mild.figures.pictures.raster import contact_sheet, status_mosaic
from mild.lesson import numbers
from mild.lesson.first_round import KINDS, LessonRound, pick
from mild.ui.frame.boundary import fragment
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import choice_from_address, remember, start_from_address
from mild.ui.learn.recorded import first_round, memorized_by_group, mosaic_rows
from mild.ui.saving import chart
from mild.ui.words import percent, plain

EPOCH, PLAYING = "learn epoch", "learn playing"
TICK_SECONDS = 0.7


def show() -> None:
    """Draw the recorded demo; while it plays, this part alone runs again every tick."""
    view = first_round("demo")
    st.markdown(
        f"A recorded run: {view.n:,} handwritten digits, of which {view.n_wrong} "
        f"({percent(view.n_wrong / view.n)}) were given a wrong label on purpose. The network is "
        "never told which."
    )
    start_from_address("epoch", EPOCH, view.n_epochs, 1, view.n_epochs)
    playing = bool(st.session_state.get(PLAYING))
    fragment(_replay, run_every=TICK_SECONDS if playing else None)(view)


def _replay(view: LessonRound) -> None:
    playing = bool(st.session_state.get(PLAYING))
    if playing:
        st.session_state[EPOCH] = min(st.session_state[EPOCH] + 1, view.n_epochs)
        if st.session_state[EPOCH] == view.n_epochs:
            st.session_state[PLAYING] = False
            st.rerun()  # of the whole page, which ends the ticking
    left, right = st.columns([1, 6], vertical_alignment="bottom")
    label, icon = ("Pause", "pause") if playing else ("Replay", "play_arrow")
    if left.button(label, icon=f":material/{icon}:", key="press play", width="stretch"):
        _play_or_pause(view, playing)
    epoch = right.slider("After epoch", 1, view.n_epochs, key=EPOCH, help=learn_words.EPOCH)
    if not playing:
        remember("epoch", epoch)
    _curves_and_mosaic(view, epoch)
    _one_of_them(view, epoch)


def _play_or_pause(view: LessonRound, playing: bool) -> None:
    st.session_state[PLAYING] = not playing
    if not playing and st.session_state[EPOCH] == view.n_epochs:
        st.session_state[EPOCH] = 1
    st.rerun()  # of the whole page, which begins or ends the ticking


def _curves_and_mosaic(view: LessonRound, epoch: int) -> None:
    groups = memorized_by_group("demo")
    so_far = {name: shares[:epoch] for name, shares in groups.items()}
    now = {name: percent(shares[epoch - 1]) for name, shares in groups.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Memorized", help="Share of the images whose given label is predicted.")
        chart(
            growing_curves(so_far, view.n_epochs), "memorized",
            lambda: {"epoch": range(1, epoch + 1), **so_far}, key="chart curves",
            alt=f"After epoch {epoch}, {now['clean']} of the clean and {now['mislabeled']} of "
            "the mislabeled images are memorized",
        )  # fmt: skip
        st.markdown(
            f"In epoch {epoch}, **{now['clean']}** of the clean images are memorized and "
            f"**{now['mislabeled']}** of the mislabeled ones."
        )
    with right:
        st.subheader("Status", help="Each row is a few images, each column an epoch.")
        share_RE, divider = mosaic_rows("demo")
        st.image(
            status_mosaic(share_RE[:, :epoch], view.n_epochs, divider), width="stretch",
            alt=f"Status of all images in {epoch} epochs: clean ones above, mislabeled ones below",
        )  # fmt: skip
        learn_words.key_of_colours("Clean images are above the white line, mislabeled ones below.")


def _one_of_them(view: LessonRound, epoch: int) -> None:
    st.subheader("One of them")
    choice_from_address("kind", "learn kind", KINDS)
    kind = st.segmented_control("Kind of image", KINDS, key="learn kind", required=True) or KINDS[0]
    slots = pick(view, kind)
    start_from_address("image", "learn image", 1, 1, len(slots))
    run = view.recording
    st.image(
        contact_sheet(run.pictures(view.recorded.index_N[slots]), columns=len(slots)),
        width=68 * len(slots), alt=f"{len(slots)} images that are {kind}, from the first on",
    )  # fmt: skip
    number = st.pills(
        "Which one, from the left", range(1, len(slots) + 1), key="learn image", required=True
    )
    remember("kind", kind)
    remember("image", number)
    _timeline(view, int(slots[(number or 1) - 1]), epoch)
    learn_words.task(
        "**Try.** Among the clean, hard ones: would you have read them right? Among the "
        "mislabeled ones: compare what they were predicted as with the clean label."
    )


def _timeline(view: LessonRound, slot: int, epoch: int) -> None:
    run, recorded = view.recording, view.recorded
    assert recorded.predictions_EN is not None, "the demo's recording has its predictions"
    index = int(recorded.index_N[slot])
    names = run.class_names
    status = recorded.status_EN()[:epoch, slot].astype(bool)
    taken_EN = recorded.predictions_EN[:epoch, [slot]]
    other = most_frequent_other_prediction(taken_EN, run.given_A[[index]])
    mistaken = "never anything else"
    if other.label[0] >= 0:
        mistaken = f"{names[other.label[0]]} ({other.n_epochs[0]} of {epoch} epochs)"
    left, right = st.columns([1, 7], vertical_alignment="center")
    left.image(contact_sheet(run.pictures(np.array([index])), columns=1, side=112), alt="The image")
    story = numbers.story(status)
    with right:
        st.markdown(
            f"Given label **{plain(names[run.given_A[index]])}** · clean label "
            f"**{plain(names[run.clean_A[index]])}** · other than as its given label most often "
            f"predicted as **{plain(mistaken)}** · metric "
            f"**{learn_words.signed(story.metric)}** after {epoch} epochs"
        )
        learn_words.strip(status, [names[label] for label in taken_EN[:, 0]], view.n_epochs)
        st.caption("In each cell: what the network predicted in that epoch.")
