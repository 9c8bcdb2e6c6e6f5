"""The gallery of the review page: what the browser is told of the images, and what it asks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.instances.timelines import timelines
from mild.data.dataset import UNKNOWN
from mild.figures import palette
from mild.figures.sheets import Sheet, image_sheet, strips
from mild.store.run import open_run
from mild.ui.components.gallery import Asked, asked, gallery
from mild.ui.review import actions as review_actions
from mild.ui.review import table as review_table
from mild.ui.review.state import Review, Standing, measured_again, said

KEY = "review gallery"
KEYS = (
    "**Keys in the gallery:** arrows move · **k** keep · **r** relabel to the suggestion · "
    "**l** choose a class · **d** drop · **c** clear · **u** undo · **shift u** redo · "
    "**x** select · **shift x** select all · **n** next page · **p** page before · "
    "**Esc** back to the images. A key decides about the image in focus, or about the selected "
    "ones where that image is one of them"
)

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePictures:
    """The pixels of one page."""

    sheet: Sheet
    strips: str
    """A data address."""


def hear(review: Review) -> int:
    """Do what was asked in the gallery; returns by how many pages to turn."""
    turned = 0
    for item in asked(KEY):
        if item.kind == "page" and item.value in (-1, 1):
            turned += item.value
        else:
            _do(review, item)
    return turned


def show(review: Review, standing: Standing, index_T: IntArray) -> None:
    """The images of one page."""
    found = _pictures(
        str(review.run.folder.path.parent),
        review.run.run_id,
        review.measured.n_rounds,
        review.cut,
        tuple(index_T.tolist()),
    )
    if found is None:
        st.caption("This run holds no pictures of its images, so they are shown as a table.")
        review_table.show(review, index_T)
        return
    st.caption(KEYS)
    gallery(KEY, _data(review, standing, index_T, found), found.sheet.content)


def _do(review: Review, item: Asked) -> None:
    if item.kind == "undo":
        review_actions.undo(review)
    elif item.kind == "redo":
        review_actions.redo(review)
    else:
        review_actions.act(review, item.kind, item.indices, item.value)


def _data(
    review: Review, standing: Standing, index_T: IntArray, found: PagePictures
) -> dict[str, Any]:
    sheet = found.sheet
    return {
        "page": f"{review.run.run_id} {review.measured.n_rounds} {hash(index_T.tobytes())}",
        "sheet": {
            "columns": sheet.columns,
            "rows": sheet.rows,
            "width": sheet.width,
            "height": sheet.height,
        },
        "strips": found.strips,
        "colours": {
            "memorized": palette.hex_of(palette.MEMORIZED),
            "misclassified": palette.hex_of(palette.MISCLASSIFIED),
        },
        "classes": list(review.measured.class_names),
        "tiles": [_tile(review, standing, int(index)) for index in index_T],
        "said": said(),
    }


def _tile(review: Review, standing: Standing, index: int) -> dict[str, Any]:
    measured = review.measured
    name_of, given = measured.class_names, int(measured.given_A[index])
    suggested, dropped = int(measured.suggested_A[index]), int(measured.dropped_A[index])
    clean = None if measured.clean_A is None else int(measured.clean_A[index])
    decision = standing.decisions.get(index)
    metric = f"{int(measured.metric_A[index]):+d}".replace("-", "−")
    rounds = f"Dropped in round {dropped + 1}" if dropped >= 0 else "Kept by every round"
    note = f"round {dropped + 1}" if dropped >= 0 else "kept"
    if measured.held_out_A[index]:
        note = f"held out, {'flagged' if dropped >= 0 else 'kept'}"
        rounds = "Held out: judged by what the network took it for"
    return {
        "index": index,
        "name": str(measured.names_A[index]),
        "given": name_of[given],
        "taken": None if suggested == given else name_of[suggested],
        "suggestion": suggested,
        "clean": None if clean in (None, UNKNOWN) else name_of[clean],
        "note": f"{note} · {metric}",
        "why": f"{rounds}; metric {metric} epochs",
        "verdict": decision.verdict if decision else None,
        "label": decision.label if decision else None,
    }


@st.cache_resource(max_entries=24, show_spinner=False)
def _pictures(
    root: str, run_id: str, n_rounds: int, cut: float | None, indices: tuple[int, ...]
) -> PagePictures | None:
    run = open_run(run_id, Path(root))
    index_T = np.array(indices, dtype=np.int64)
    thumbnails_T = run.thumbnails_of(index_T)
    if thumbnails_T is None:
        return None
    png = strips(timelines(run, measured_again(root, run_id, n_rounds, cut), index_T))
    return PagePictures(
        sheet=image_sheet(thumbnails_T),
        strips="data:image/png;base64," + base64.b64encode(png).decode(),
    )
