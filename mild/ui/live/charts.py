"""The pictures of a run under way: curves to which each poll adds points, and the status mosaic."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.analysis.learning import MIN_GROUP, Curves, stages
from mild.figures import growing, palette
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.ui.cache.decorators import newest_per_run
from mild.ui.cache.learning import memorized_by_group
from mild.ui.cache.matrix import mosaic, mosaic_picture
from mild.ui.said import noun, said
from mild.ui.saving import Columns, growing_chart, of_run, save
from mild.ui.words import count

MEMORIZED_HEIGHT, LEARNING_HEIGHT = 260, 200
"""Pixels."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    groups: Curves
    memorized: growing.Options
    learning: growing.Options


def show(run: Run, epochs: list[EpochRecord], number: int) -> None:
    """Draw the curves of all rounds, and beside them the status of one round, counted from 0."""
    drawn = _drawn(run, len(epochs), len(run.rounds()))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(
            said("**Memorized**, share of the images whose given label the network predicts"),
            help=said(_what_it_shows(drawn.groups)),
        )
        growing_chart(
            drawn.memorized, of_run(run, "memorized"),
            lambda: {"epoch": range(1, 1 + max(map(len, drawn.groups.values()))), **drawn.groups},
            key="memorized", height=MEMORIZED_HEIGHT,
            alt=said("Share of images memorized, epoch by epoch, by group"),
        )  # fmt: skip
        st.markdown("**Learning**, of the network as a whole, the final model included")
        growing_chart(
            drawn.learning, of_run(run, "learning"), lambda: _learning_columns(epochs),
            key="learning", height=LEARNING_HEIGHT,
            alt="Training loss and held-out accuracy by epoch",
        )  # fmt: skip
    with right:
        _mosaic(run, number)


def _learning_columns(epochs: list[EpochRecord]) -> Columns:
    return {
        "epoch": range(1, len(epochs) + 1),
        "training loss (nats)": [item.train_loss for item in epochs],
        "held-out accuracy": [item.test_accuracy for item in epochs],
    }


@newest_per_run(16, names=0)
def _drawn(run: Run, n_epochs: int, n_finished: int) -> _Drawn:
    """Draw both charts; `n_finished` is there for the cache: a finished round has two groups."""
    epochs, n_rounds, config = run.epochs()[:n_epochs], run.rounds_begun(), run.config()
    begun = stages(epochs, n_rounds)
    groups = {name: shares[:n_epochs] for name, shares in memorized_by_group(run, n_rounds).items()}
    in_rounds = sum(item.epochs for item in config.rounds)
    return _Drawn(
        groups,
        growing.memorized(groups, dict(list(begun.items())[:n_rounds]), in_rounds),
        growing.learning(
            [item.train_loss for item in epochs],
            [item.test_accuracy for item in epochs],
            begun,
            config.total_epochs,
        ),
    )


def _what_it_shows(groups: Curves) -> str:
    if "mislabeled" in groups:
        text = (
            "Right labels are memorized early, wrong ones late: that gap is the method. A group of "
            f"fewer than {MIN_GROUP} images has no curve."
        )
    elif "flagged" in groups:
        text = "Which labels are wrong is unknown: the groups are what each round kept and flagged."
    else:
        text = "Which labels are wrong is unknown here; the selection page estimates it."
    if "planted" in groups:
        text += " Planted images are trained with a wrong label on purpose: known examples of one."
    return text


def _mosaic(run: Run, number: int) -> None:
    rows, divider = mosaic(run, number)
    n_epochs = run.config().rounds[number].epochs
    st.markdown(
        f"**Status** of each {noun().one} in round {number + 1}, epoch by epoch",
        help=said(_order(divider, max(1, round(len(rows.order_N) / len(rows.starts_R))), n_epochs)),
    )
    with st.container(key="mosaic", gap="xxsmall"):
        st.image(
            mosaic_picture(run, number), width="stretch", output_format="PNG",
            alt=said("Status of the images, rows, in each epoch, columns"),
        )  # fmt: skip
        st.html(_legend(divider))
    save(of_run(run, "status", number), lambda: _cells(run, number), of="mosaic")


def _rows(divider: int | None) -> str:
    if divider:
        return "clean images above the white line, mislabeled ones below"
    return "best memorized images on top"


def _order(divider: int | None, each: int, n_epochs: int) -> str:
    per_row = "an image" if each == 1 else f"{count(each)} images"
    text = f"Each row is {per_row}, each column one of {n_epochs} epochs. "
    if divider:
        return f"{text}Within both parts images are in the order of their given labels."
    return f"{text}Rows are in the order of the metric so far, sorted anew now and then."


def _cells(run: Run, number: int) -> Columns:
    """Return the share memorized per row of the picture and epoch, in per cent."""
    run = Run(run.folder)  # asked for when the poll that offered it is long over
    rows, _ = mosaic(run, number)
    percent_RE = rows.percent(run.status(number))
    columns = {f"epoch {epoch + 1}": percent_RE[:, epoch] for epoch in range(percent_RE.shape[1])}
    return {noun().many: rows.n_R, **columns}


def _legend(divider: int | None) -> str:
    """Write the key of the colours, in a form that is saved with the picture."""
    colours = {
        "memorized": palette.MEMORIZED, "misclassified": palette.MISCLASSIFIED,
        "to come": palette.NOT_SEEN,
    }  # fmt: skip
    entries = [f"<span>{_swatch(rgb)}{words}</span>" for words, rgb in colours.items()]
    entries.append(f"<span>{said(_rows(divider))}</span>")
    style = "display:flex;flex-wrap:wrap;gap:0 1rem;font-size:0.85rem"
    return f"<div class='legend' style='{style}'>{''.join(entries)}</div>"


def _swatch(rgb: tuple[int, int, int]) -> str:
    return (
        "<i style='display:inline-block;width:0.8em;height:0.8em;margin-right:0.35em;"
        f"border-radius:2px;background:{palette.hex_of(rgb)}'></i>"
    )
