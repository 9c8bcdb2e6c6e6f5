"""The pictures of a run under way: curves and status mosaic, drawn when an epoch was added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from mild.analysis.instances.held_out import held_out_words
from mild.analysis.learning import MIN_GROUP, Curves
from mild.analysis.learning import stages as stages_of
from mild.core.noise import MODELS
from mild.figures import curves, noise, palette
from mild.store.run import Run, open_run
from mild.store.schema import EpochRecord
from mild.ui import cache
from mild.ui.class_names import class_names
from mild.ui.saving import chart, grid
from mild.ui.words import count, percent


@dataclass(frozen=True, slots=True)
class _Drawn:
    groups: Curves
    memorized: Any
    learning: Any


def show(run: Run, epochs: list[EpochRecord]) -> None:
    """What the epochs so far came to; `epochs` may be fewer than there are."""
    n_rounds = run.rounds_begun()
    drawn = _drawn(str(run.folder.path.parent), run.run_id, len(epochs), len(run.rounds()))
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(
            "Memorized", help="Share of the images whose given label the network predicts."
        )
        chart(
            drawn.memorized, f"{run.run_id} memorized",
            lambda: {"epoch": range(1, 1 + max(map(len, drawn.groups.values()))), **drawn.groups},
            key="memorized", alt="Share of images memorized, epoch by epoch, by group",
        )  # fmt: skip
        _explain(drawn.groups, n_rounds)
        if words := cache.told_apart_so_far(run, n_rounds - 1):
            st.markdown(f":material/flag: {words}")
    with right:
        st.subheader("Learning", help="Of the network as a whole, the final model included.")
        chart(
            drawn.learning, f"{run.run_id} learning",
            lambda: {
                "epoch": range(1, len(epochs) + 1),
                "training loss (nats)": [item.train_loss for item in epochs],
                "held-out accuracy": [item.test_accuracy for item in epochs],
            },
            key="learning", alt="Training loss and held-out accuracy by epoch",
        )  # fmt: skip
        if words := held_out_words(run):
            st.caption(words)
    _mosaic(run, n_rounds)


def show_transitions(run: Run) -> None:
    """Which labels were made wrong on purpose, and what they became; nothing where none were."""
    facts = run.facts()
    if not facts.get("actual_transitions"):
        return
    with st.expander("Wrong labels made on purpose"):
        actual_CC = np.asarray(facts["actual_transitions"], dtype=float)
        names = class_names(run)
        where = MODELS[run.config().noise.model].rate_of
        st.caption(
            f"Asked for {percent(facts.get('requested_noise_rate'))} {where}; wrong are "
            f"{percent(facts.get('actual_noise_rate'))} of all labels. Of the images with a clean "
            "label (row), the share that got each given label (column), in per cent:"
        )
        with st.container(width=640):
            shown = [names[i] for i in range(len(actual_CC))]
            chart(
                noise.transition_matrix(actual_CC, shown), f"{run.run_id} transitions",
                lambda: grid("clean label", shown, shown, actual_CC),
                key="transitions", alt="Transition matrix from clean to given labels",
            )  # fmt: skip


@st.cache_resource(max_entries=16, show_spinner=False)
def _drawn(root: str, run_id: str, n_epochs: int, n_finished: int) -> _Drawn:
    """`n_finished` is there for the cache: a finished round has its two groups."""
    run = open_run(run_id, Path(root))
    epochs, n_rounds = run.epochs()[:n_epochs], run.rounds_begun()
    stages = stages_of(epochs, n_rounds)
    groups = {
        name: shares[:n_epochs] for name, shares in cache.memorized_by_group(run, n_rounds).items()
    }
    return _Drawn(
        groups,
        curves.memorized_curves(groups, dict(list(stages.items())[:n_rounds])),
        curves.learning_curves(
            [item.train_loss for item in epochs], [item.test_accuracy for item in epochs], stages
        ),
    )


def _explain(groups: Curves, n_rounds: int) -> None:
    if "mislabeled" in groups:
        text = "Right labels are memorized early, wrong ones late: that gap is the method."
        if n_rounds > 1 and np.isnan(groups["mislabeled"][-1]):
            text += f" Fewer than {MIN_GROUP} mislabeled images are left: no curve."
    else:
        text = "Which labels are wrong is unknown here; the selection page estimates it."
        if "flagged" in groups:
            text += " The groups are what each finished round kept and flagged."
    if "planted" in groups:
        text += " Planted images are trained with a wrong label on purpose: known examples of one."
    st.caption(text)


def _mosaic(run: Run, n_rounds: int) -> None:
    st.subheader("Status", help="Whether each image's given label was memorized, epoch by epoch.")
    newest = n_rounds - 1
    number = newest
    if n_rounds > 1:
        chosen = st.segmented_control(
            "Status of round", range(n_rounds), key=f"status of {n_rounds}",
            default=newest if run.state().live else 0, label_visibility="collapsed",
            format_func=lambda item: f"Round {item + 1}",
        )  # fmt: skip
        number = newest if chosen is None else int(chosen)
    rows, divider = cache.mosaic(run, number)
    each = max(1, round(len(rows.order_N) / len(rows.starts_R)))
    n_epochs = run.config().rounds[number].epochs
    st.image(
        cache.mosaic_picture(run, number), width="stretch", output_format="PNG",
        alt="Status of the images, rows, in each epoch, columns",
    )  # fmt: skip
    per_row = "an image" if each == 1 else f"{count(each)} images"
    order = (
        "Clean images are above the white line, mislabeled ones below it"
        if divider
        else "Images are in the order of their given labels"
    )
    st.html(
        "<p style='font-size:0.85rem;opacity:0.85'>"
        f"{_key(palette.MEMORIZED)} memorized &nbsp; {_key(palette.MISCLASSIFIED)} misclassified "
        f"&nbsp; {_key(palette.NOT_SEEN)} not seen yet &nbsp;·&nbsp; "
        f"Each row is {per_row}, each column one of {n_epochs} epochs. {order}.</p>"
    )


def _key(rgb: tuple[int, int, int]) -> str:
    return (
        "<span style='display:inline-block;width:0.8em;height:0.8em;border-radius:2px;"
        f"background:{palette.hex_of(rgb)}'></span>"
    )
