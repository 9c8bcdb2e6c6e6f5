"""The card of a spot check: one image after another, and the answers that come back from it."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np
import streamlit as st

from mild.errors import RunError
from mild.store.review import checks as store
from mild.store.review.checks import Answers, Checks
from mild.ui import samples
from mild.ui.components.asking import asked
from mild.ui.components.check import check_card
from mild.ui.review.gallery import ask_to_play, play_asked, sheet_data
from mild.ui.review.spot_check.pictures import CheckPictures, check_pictures
from mild.ui.review.state import Review, seen
from mild.ui.words import plain, visible

KEY, _ERROR = "spot check", "spot check error"
N_AT_ONCE = 60
"""Pictures on one sheet."""


def show_card(review: Review, now: Checks) -> None:
    """Draw the card of the next image, and what its keys do."""
    if error := st.session_state.pop(_ERROR, ""):
        st.error(plain(error), icon=":material/error:")
    shown = _shown(now)
    measured = review.measured
    found = check_pictures(
        review.run,
        shown,
        tuple(str(measured.names_A[index]) for index in shown),
    )
    content = None if found is None else found.sheet.content
    check_card(KEY, _card_data(review, now, shown, found), content, hear)
    play_asked(review)
    st.caption(
        "**k** the label is right · **d** or **r** it is wrong · **t** cannot tell · **u** take "
        f"back · **Esc** back to the {review.thing}. Nothing here says what the run thinks of it, "
        "so that your answers measure the run."
    )


def hear() -> None:
    """Write down what was answered, also on the way out: the last answer may come with it."""
    known = seen()
    for item in asked(KEY):
        if (review := known.about(item.about)) is None:
            continue
        try:
            if item.kind == "play":
                ask_to_play(review, item)
            elif item.kind == "undo":
                store.undo_answer(review.run.folder, review.window.name)
            elif item.kind in store.ANSWERS:
                given: Answers = dict.fromkeys(item.indices, _answer(item.kind))
                store.answer(review.run.folder, given, review.window.name)
        except RunError as error:
            st.session_state[_ERROR] = str(error)


def _answer(kind: str) -> store.Answer:
    return "right" if kind == "right" else "wrong" if kind == "wrong" else "unknown"


def _shown(now: Checks) -> tuple[int, ...]:
    """Choose the images of the sheet that begins with the first one without an answer."""
    batch = now.current
    first = next(place for place, index in enumerate(batch) if index not in now.answers)
    begins = N_AT_ONCE * (first // N_AT_ONCE)
    return batch[begins : begins + N_AT_ONCE]


def _card_data(
    review: Review, now: Checks, shown: tuple[int, ...], found: CheckPictures | None
) -> dict[str, Any]:
    """Gather the card: pictures, or texts, rows or sounds in their place, else names."""
    batch = now.current
    sizes = ((0, 0),) * len(shown) if found is None else found.sizes
    index_T = np.array(shown, dtype=np.int64)
    small = [] if found is not None else samples.in_small(review.run, index_T, large=True)
    data = [samples.small_data(sample) for sample in small]
    return {
        "about": review.about,
        "page": f"{review.run.run_id} {hash(shown)}",
        "n": len(batch),
        "n_answered": sum(index in now.answers for index in batch if index not in shown),
        "sheet": None if found is None else sheet_data(found.sheet),
        "items": [
            _item(review, now, index, size, sample)
            for index, size, sample in zip_longest(shown, sizes, data)
        ],
    }


def _item(
    review: Review, now: Checks, index: int, size: tuple[int, int], sample: dict[str, Any] | None
) -> dict[str, Any]:
    measured = review.measured
    return {
        "index": index,
        "name": visible(str(measured.names_A[index])),
        "given": review.class_names[int(measured.given_A[index])],
        "answer": now.answers.get(index),
        "width": size[0],
        "height": size[1],
        "sample": sample,
    }
