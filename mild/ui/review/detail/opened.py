"""One image of the review page, large: what the browser is told once it is opened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from mild.analysis.instances.alike import nearest_kept
from mild.analysis.instances.learned import LearnedInRound, learned
from mild.store.review.history import PastAction, history
from mild.ui import samples
from mild.ui.review.detail.decided import words_of
from mild.ui.review.detail.sample import whole_data
from mild.ui.review.pictures import Large, is_coarse, large, small
from mild.ui.review.state import Review
from mild.ui.words import visible

KEY = "review detail"
NEIGHBOUR_SIDE = 160
"""Pixels a side of the pictures of the nearest images."""
USUAL_SIDE = 1024
MOST_LABELS = 4
_DONE = {"decide": "", "import": "Imported: ", "undo": "Taken back: ", "redo": "Done again: "}


def open_(review: Review, indices: Sequence[int], side: int | None) -> None:
    """Show the first of these instances large, in about `side` pixels."""
    if indices and 0 <= indices[0] < review.measured.n:
        st.session_state[KEY] = (review.run.run_id, indices[0], side or USUAL_SIDE)


def close() -> None:
    """Show no image large."""
    st.session_state.pop(KEY, None)


def data(review: Review) -> dict[str, Any] | None:
    """Gather everything about the opened instance; None where none is open."""
    run_id, index, side = st.session_state.get(KEY, ("", -1, 0))
    if run_id != review.run.run_id or not 0 <= index < review.measured.n:
        return None
    picture = large(review.run, index, str(review.measured.names_A[index]), side)
    return {
        "index": index,
        "picture": None if picture is None else _picture(picture),
        "sample": whole_data(review, index),
        "rounds": [_round(review, item) for item in learned(review.run, review.measured, index)],
        "nearest": _nearest(review, index),
        "history": _history(review, index),
    }


def _picture(found: Large) -> dict[str, Any]:
    return {
        "address": found.address,
        "width": found.width,
        "height": found.height,
        "words": found.words,
    }


def _round(review: Review, found: LearnedInRound) -> dict[str, Any]:
    names = review.class_names
    n = len(found.predicted_E)
    shown = found.epochs_by_label[:MOST_LABELS]
    first, *others = [f"{names[label]} in {n_of_it}" for label, n_of_it in shown]
    if rest := n - sum(n_of_it for _, n_of_it in shown):
        others.append(f"others in {rest}")
    title = f"Round {found.number + 1}"
    if found.planted:
        title += f", trained with the planted label {names[found.label]}"
    return {
        "title": title,
        "words": ", ".join([f"Predicted as {first} of {n} epochs", *others]),
        "predicted": [names[label] for label in found.predicted_E],
        "memorized": [label == found.label for label in found.predicted_E],
    }


def _nearest(review: Review, index: int) -> dict[str, Any]:
    measured = review.measured
    given, suggested = int(measured.given_A[index]), int(measured.suggested_A[index])
    pictured = review.run.has_pictures()
    found = nearest_kept(review.run, measured, index, (given, suggested))
    ways = list(dict.fromkeys(item.by for item in found.values()))
    one_way = len(ways) == 1
    return {
        "by": f"Nearest {ways[0]}" if one_way else "Nearest",
        "coarse": is_coarse(review.run),
        "groups": [
            {
                "title": f"Kept as {review.class_names[label]}" + (f", {item.by}" * (not one_way)),
                "names": [visible(str(measured.names_A[other])) for other in item.indices],
                "pictures": small(review.run, item.indices, NEIGHBOUR_SIDE),
                "samples": [] if pictured else _in_small(review, item.indices),
            }
            for label, item in found.items()
        ],
    }


def _in_small(review: Review, indices: tuple[int, ...]) -> list[dict[str, Any]]:
    index_T = np.array(indices, dtype=np.int64)
    return [samples.small_data(item) for item in samples.in_small(review.run, index_T)]


def _history(review: Review, index: int) -> list[dict[str, str]]:
    """Everything said about an instance; where others are not to be seen, by this reviewer."""
    found = history(review.run.folder, index)
    if review.mode.blind:
        who = review.window.reviewer
        found = [item for item in found if item.kind == "opinion" and item.reviewer == who]
    return [_change(review, item) for item in found]


def _change(review: Review, change: PastAction) -> dict[str, str]:
    words = _DONE.get(change.kind, "") + words_of(change.decision, review.class_names)
    words = words[0].upper() + words[1:]
    when = time.strftime("%d %b %Y, %H:%M", time.localtime(change.time))
    return {
        "when": f"{when}, {change.reviewer}" if change.reviewer else when,
        "words": f"{words} (second opinion)" if change.kind == "opinion" else words,
    }
