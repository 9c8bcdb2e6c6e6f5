"""The gallery of the review page: what the browser is told of the images, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.access import Role, may
from mild.data.dataset import UNKNOWN
from mild.figures import palette
from mild.figures.pictures.sheets import Sheet
from mild.ui import samples
from mild.ui.components.asking import Asked, asked
from mild.ui.components.gallery import gallery, picture_side
from mild.ui.components.sample import play
from mild.ui.review import actions as review_actions
from mild.ui.review import reviewers
from mild.ui.review.detail import opened as review_detail
from mild.ui.review.pictures import page_pictures
from mild.ui.review.state import Review, Standing, how_far, said, say, seen
from mild.ui.words import visible, visible_name

KEY, SOUND, TURNED = "review gallery", "review sound", "review turned"

IntArray = npt.NDArray[np.int64]


def hear() -> None:
    """Do what was asked in the gallery, about what it showed then.

    Called before anything is drawn, for a page that is left or loaded anew is not drawn to its end.
    What is decided comes first, all of it: to touch the session's state may end the script.
    """
    known, sentence = seen(), ""
    looks: list[tuple[Review, Asked]] = []
    for item in asked(KEY):
        review = known.about(item.about)
        if review is None:
            sentence = "What you did last was about another run: do it again there."
        elif item.kind in ("undo", "redo"):
            sentence = review_actions.reverse(review, item.kind)
        elif item.kind in review_actions.KINDS:
            sentence = review_actions.decide(review, item.kind, item.indices, item.value)
        else:
            looks.append((review, item))
    if sentence:
        say(sentence)
    for review, item in looks:
        _look(review, item)


def turned() -> int:
    """By how many pages to turn, since the last call."""
    return int(st.session_state.pop(TURNED, 0))


def show(review: Review, standing: Standing, index_T: IntArray) -> None:
    """Draw the instances of one page."""
    side, (share, words) = picture_side(KEY), how_far(review)
    found = page_pictures(review, index_T, side)
    disputed = reviewers.said(review, index_T.tolist())
    small = [] if found.sheet is not None else samples.in_small(review.run, index_T)
    tiles = [_tile(review, standing, int(index), disputed) for index in index_T]
    for tile, sample in zip(tiles, small, strict=False):
        tile["sample"] = samples.small_data(sample)
    data = {
        "about": review.about,
        "page": f"{review.run.run_id} {review.verdicts} {hash(index_T.tobytes())}",
        "thing": review.thing,
        "picture": side,
        "sheet": None if found.sheet is None else sheet_data(found.sheet),
        "strips": found.strips,
        "colours": {
            "memorized": palette.hex_of(palette.MEMORIZED),
            "misclassified": palette.hex_of(palette.MISCLASSIFIED),
        },
        "classes": review.class_names,
        "tiles": tiles,
        "progress": {"share": share, "words": words},
        "said": said(),
        "detail": review_detail.data(review),
        "decides": may(Role.REVIEWER),
    }
    gallery(KEY, data, None if found.sheet is None else found.sheet.content, hear)
    play_asked(review)


def ask_to_play(review: Review, item: Asked) -> None:
    """Remember whose sound is wanted."""
    if item.indices:
        st.session_state[SOUND] = (review.run.run_id, item.indices[0])


def play_asked(review: Review) -> None:
    """Send the sound that was asked for last; the browser has it until another one is."""
    run_id, index = st.session_state.get(SOUND, ("", -1))
    if run_id == review.run.run_id and 0 <= index < review.measured.n:
        wav = samples.sound_of(review.run, index)
        if wav is not None:
            play(SOUND, index, wav)


def sheet_data(sheet: Sheet) -> dict[str, int]:
    """Say where on a sheet of pictures each of them is."""
    return {
        "columns": sheet.columns,
        "rows": sheet.rows,
        "width": sheet.width,
        "height": sheet.height,
        "gutter": sheet.gutter,
    }


def _look(review: Review, item: Asked) -> None:
    if item.kind == "open":
        review_detail.open_(review, item.indices, item.value)
    elif item.kind == "play":
        ask_to_play(review, item)
    elif item.kind == "close":
        review_detail.close()
    elif item.kind == "page" and item.value in (-1, 1):
        st.session_state[TURNED] = st.session_state.get(TURNED, 0) + item.value


def _tile(
    review: Review, standing: Standing, index: int, disputed: Mapping[int, str]
) -> dict[str, Any]:
    measured = review.measured
    name_of, given = review.class_names, int(measured.given_A[index])
    suggested, name = int(measured.suggested_A[index]), str(measured.names_A[index])
    clean = None if measured.clean_A is None else int(measured.clean_A[index])
    decision = standing.decisions.get(index)
    note, why = _verdict(review, index)
    if index in disputed:
        note, why = disputed[index], f"{disputed[index]}. {why}"
    return {
        "index": index,
        "name": visible(name),
        "file": visible_name(PurePosixPath(name).name or name),
        "given": name_of[given],
        "predicted": None if suggested == given else name_of[suggested],
        "suggestion": suggested,
        "clean": None if clean in (None, UNKNOWN) else name_of[clean],
        "note": note,
        "why": why,
        "verdict": decision.verdict if decision else None,
        "label": decision.label if decision else None,
    }


def _verdict(review: Review, index: int) -> tuple[str, str]:
    """Say what the run thinks of an instance, in a few words and in a sentence."""
    measured = review.measured
    dropped = int(measured.dropped_A[index])
    metric = f"{int(measured.metric_A[index]):+d}".replace("-", "−")
    if measured.held_out_A[index]:
        note = f"held out, {'flagged' if dropped >= 0 else 'kept'}"
        why = "Held out: judged by what the network predicted it as"
    elif measured.planted_A[index]:
        note = f"planted, {'flagged' if dropped >= 0 else 'kept'}"
        why = "Another label was planted here, so what it was predicted as counts"
    elif dropped >= 0:
        note, why = f"round {dropped + 1}", f"Dropped in round {dropped + 1}"
    else:
        note, why = "kept", "Kept by every round"
    return f"{note} · {metric}", f"{why}; metric {metric} epochs"
