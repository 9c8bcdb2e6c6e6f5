"""What each page will show, as a small picture of a run that ships with the product."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mild.figures.pictures import sketch
from mild.figures.pictures.raster import contact_sheet, status_mosaic
from mild.lesson.numbers import auroc_by_epoch, memorized_by_group
from mild.lesson.recording import Recording, load
from mild.ui.cache.decorators import per_server

Picture = str | bytes
"""A drawing as SVG, or pixels as PNG."""

ALT = {
    "live": "Share memorized in each epoch: of right labels soon nearly all, of wrong ones few",
    "dynamics": "One row per image and one column per epoch, dark where its label was memorized",
    "selection": "Images by epochs misclassified: right labels at the left, wrong ones at the "
    "right, the cut between them",
    "review": "Digits whose labels were memorized last",
    "rounds": "Images kept after each of five rounds: the wrong labels are gone after the first",
    "compare": "How well wrong labels are told after each epoch: by the metric better than by the "
    "loss of one epoch",
}
"""By page; what somebody is read who does not see the picture."""
_RECORDINGS = {"rounds": "rounds", "compare": "memorizing"}
"""By page, where it is not the demo: in the last, the loss forgets what the metric remembers."""
_ROWS = 48
_DIGITS = 32


def show(page: str) -> None:
    """The picture of a page, as wide as its place."""
    st.image(glimpse(page), width="stretch", output_format="PNG", alt=ALT[page])


@per_server(16)
def glimpse(page: str) -> Picture:
    """The picture of a page, one of `ALT`."""
    makers = {
        "live": _curves, "dynamics": _matrix, "selection": _histogram, "review": _digits,
        "rounds": _rounds, "compare": _told,
    }  # fmt: skip
    return makers[page](_recording(_RECORDINGS.get(page, "demo")))


@per_server(2)
def _recording(name: str) -> Recording:
    return load(name)


def _curves(recording: Recording) -> Picture:
    shares = memorized_by_group(recording.rounds[0])
    lines = {"right labels": shares["clean"], "wrong labels": shares["mislabeled"]}
    return sketch.curves(lines, x="epochs")


def _matrix(recording: Recording) -> Picture:
    first = recording.rounds[0]
    order_N = np.argsort(first.counts_N(), kind="stable")
    rows = order_N[np.linspace(0, first.n - 1, _ROWS).round().astype(int)]
    return status_mosaic(first.status_EN()[:, rows].T.astype(np.float64), first.n_epochs)


def _histogram(recording: Recording) -> Picture:
    first, second = recording.rounds[:2]
    cut = int(first.counts_N()[np.isin(first.index_N, second.index_N)].max()) + 1
    groups = {
        "right labels": first.cells_C(~first.wrong_N).astype(float).tolist(),
        "wrong labels": first.cells_C(first.wrong_N).astype(float).tolist(),
    }
    return sketch.stacked_bars(groups, x="epochs misclassified", cut=cut)


def _digits(recording: Recording) -> Picture:
    first = recording.rounds[0]
    order_N = np.argsort(-first.counts_N(), kind="stable")[:_DIGITS]
    return contact_sheet(recording.pictures(first.index_N[order_N]), columns=8, side=40)


def _rounds(recording: Recording) -> Picture:
    kinds = recording.kinds_by_round()
    groups = {
        "right labels": [float(item["clean"]) for item in kinds],
        "wrong labels": [float(item["mislabeled"]) for item in kinds],
    }
    return sketch.stacked_bars(groups, x="rounds")


def _told(recording: Recording) -> Picture:
    found = auroc_by_epoch(recording.rounds[0])
    lines = {"metric": found["metric"], "loss alone": found["loss"]}
    return sketch.curves(lines, x="epochs", low=0.5)
