"""Lesson, why count: the loss of one epoch against the count of all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.figures.lesson.learning import auroc_curves, growing_curves, loss_histogram
from mild.lesson.first_round import LessonRound
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import choice_from_address, remember, start_from_address
from mild.ui.learn.recorded import auroc_by_epoch, first_round, memorized_by_group, stopped_after
from mild.ui.learn.words import Figure
from mild.ui.saving import chart
from mild.ui.words import count, percent, score

RECORDINGS = {"memorizing": "60 epochs, trained until it knows everything", "demo": "The demo"}
N_BINS = 36
SMALLEST_LOSS = 1e-4
"""Smaller losses are drawn at this one: a logarithmic axis has no 0."""


def show() -> None:
    """Choose an epoch; the loss and the metric each try to tell the two kinds apart."""
    st.markdown(
        "The obvious idea: a wrong label has a large *loss*. That is true for a while. Then the "
        "network memorizes the wrong labels too, and their loss is nearly as small as the others'."
    )
    names = tuple(RECORDINGS)
    choice_from_address("recording", "learn recording", names)
    name = st.segmented_control(
        "Recorded run",
        names,
        key="learn recording",
        required=True,
        format_func=RECORDINGS.__getitem__,
    )
    name = name or names[0]
    remember("recording", name)
    view = first_round(name)
    key = f"learn epoch of {name}"
    start_from_address("epoch", key, view.n_epochs, 1, view.n_epochs)
    epoch = st.slider("After epoch", 1, view.n_epochs, key=key, help=learn_words.EPOCH)
    remember("epoch", epoch)
    _verdicts(name, epoch)
    _charts(name, view, epoch)
    learn_words.task(
        "**Try.** Find the epoch in which the loss tells the two kinds apart best. Without clean "
        "labels, would you have known when to stop? Then look at what the metric does after it, "
        "and at what the default rule flags: the order survives, the cut does not. "
        "(Section “Planting” shows what the cut needs.)"
    )


def _verdicts(name: str, epoch: int) -> None:
    curves, groups = auroc_by_epoch(name), memorized_by_group(name)
    loss, metric = (curves[key][epoch - 1] for key in ("loss", "metric"))
    best = int(np.argmax(curves["loss"])) + 1
    wrong = groups["mislabeled"][epoch - 1]
    flagged, f1 = stopped_after(name, epoch)
    learn_words.figures(
        Figure(
            "AUROC of this epoch's loss", score(loss),
            f"best in epoch {best}: {score(max(curves['loss']))}", learn_words.AUROC,
        ),
        Figure(
            "AUROC of the metric", score(metric), f"counts all {epoch} epochs", learn_words.AUROC
        ),
        Figure(
            "Mislabeled images memorized", percent(wrong), "in this epoch",
            "Share of the mislabeled images for which the network predicts the wrong label given.",
        ),
        Figure(
            "Flagged by the default rule", count(flagged), f"F1 {score(f1)}",
            f"If training had stopped here. Mislabeled are {first_round(name).n_wrong} images; "
            "no labels were planted in this run.",
        ),
    )  # fmt: skip


def _charts(name: str, view: LessonRound, epoch: int) -> None:
    curves, groups = auroc_by_epoch(name), memorized_by_group(name)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Telling wrong labels from right ones", help=learn_words.AUROC)
        chart(
            auroc_curves(curves, epoch), "AUROC by epoch",
            lambda: {"epoch": range(1, view.n_epochs + 1), **curves}, key="chart auroc",
            alt=f"AUROC of loss and metric in {view.n_epochs} epochs",
        )  # fmt: skip
        st.markdown(
            "The count remembers *when* a label was memorized; the loss of one epoch has "
            "forgotten it. That a wrong label is memorized in the end costs the count little."
        )
    with right:
        st.subheader("Memorized", help="Share of the images whose given label is predicted.")
        chart(
            growing_curves(groups, view.n_epochs, epoch), "memorized",
            lambda: {"epoch": range(1, view.n_epochs + 1), **groups}, key="chart memorized",
            alt="Share of clean and of mislabeled images memorized in each epoch",
        )  # fmt: skip
    st.subheader(f"The losses in epoch {epoch}")
    edges, bars = _binned(view, epoch)
    chart(
        loss_histogram(edges, bars), f"losses in epoch {epoch}",
        lambda: {"from loss": edges[:-1], "to loss": edges[1:], **bars}, key="chart losses",
        alt=f"Losses of clean and of mislabeled images in epoch {epoch}",
    )  # fmt: skip
    st.caption(f"{count(view.n)} images; a loss below {SMALLEST_LOSS} is drawn there.")


def _binned(view: LessonRound, epoch: int) -> tuple[npt.NDArray[np.float64], dict[str, list[int]]]:
    """Count images per bin, between edges that stay the same in every epoch."""
    losses_EN = view.recorded.losses_EN
    assert losses_EN is not None, "this recording has its losses"
    edges = np.geomspace(SMALLEST_LOSS, max(float(losses_EN.max()), 1.0), N_BINS + 1)
    loss_N = np.clip(losses_EN[epoch - 1], edges[0], edges[-1])
    wrong_N = view.recorded.wrong_N
    return edges, {
        "clean": np.histogram(loss_N[~wrong_N], edges)[0].tolist(),
        "mislabeled": np.histogram(loss_N[wrong_N], edges)[0].tolist(),
    }
