"""The same page of images as a table, for a keyboard and a screen reader as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from mild.access import Role, may
from mild.analysis.instances.measured import HELD_OUT, TRAIN
from mild.analysis.samples.small import beginning
from mild.data.dataset import UNKNOWN
from mild.store.review.decision import VERDICTS
from mild.ui.heard import part, whole
from mild.ui.review import actions as review_actions
from mild.ui.review.pictures import small
from mild.ui.review.state import Review, Standing, how_far, said, standing
from mild.ui.words import visible

NO_DECISION = ""
_PICTURE, _TEXT, _DECISION, _LABEL = "Picture", "Text", "Decision", "New label"
N_CHARACTERS, N_COLUMNS = 200, 8
"""Of a text, and of a table: what there is room for."""
_FIRST = (_PICTURE, _TEXT, "Image", "Sample", "Given label", "Predicted as", _DECISION, _LABEL)
MOST_OF_CELL = 300
"""Characters of a name, which the cell shows in full where it is opened."""
ROW_HEIGHT = 44
"""In pixels; pictures are sent no larger than this."""
NAME_PIXELS, LABEL_PIXELS, TEXT_PIXELS = 260, 150, 420
"""Widths, so that a long name does not push the decision out of sight."""


def show(review: Review, index_T: npt.NDArray[np.int64]) -> None:
    """Draw one row per image; what is edited is decided at once."""
    hear(review, index_T)
    share, words = how_far(review)
    st.progress(share, text=words)
    if may(Role.REVIEWER):
        st.caption(
            "Choose in the columns Decision and New label; relabel without a new label takes what "
            "it was predicted as."
        )
    now = standing(review)
    key = _editor_key(now, index_T)
    if f"{key} rows" not in st.session_state:
        st.session_state[f"{key} rows"] = _frame(review, now, index_T)
    frame: pd.DataFrame = st.session_state[f"{key} rows"]
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        num_rows="fixed",
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(12, len(frame) + 1) + 2,
        placeholder="",
        on_change=hear,
        args=(review, index_T),
        disabled=[name for name in frame.columns if name not in (_DECISION, _LABEL)]
        if may(Role.REVIEWER)
        else True,
        column_order=_in_order(frame),
        column_config={
            review.thing.capitalize(): st.column_config.TextColumn(width=NAME_PIXELS),
            _TEXT: st.column_config.TextColumn(width=TEXT_PIXELS),
            "Given label": st.column_config.TextColumn(width=LABEL_PIXELS),
            "Predicted as": st.column_config.TextColumn(width=LABEL_PIXELS),
            _PICTURE: st.column_config.ImageColumn(width="small"),
            _DECISION: st.column_config.SelectboxColumn(options=[NO_DECISION, *VERDICTS]),
            _LABEL: st.column_config.SelectboxColumn(options=[NO_DECISION, *review.class_names]),
            "Metric": st.column_config.NumberColumn(help="In epochs; higher is more suspicious"),
        },
    )
    if said():
        st.text(said())


def _in_order(frame: pd.DataFrame) -> list[str]:
    """What is decided by stands at the left, with the decision right behind it."""
    first = [name for name in _FIRST if name in frame.columns]
    return [*first, *(name for name in frame.columns if name not in first)]


def _editor_key(now: Standing, index_T: npt.NDArray[np.int64]) -> str:
    """Return the table's key, another one where decisions changed elsewhere.

    The editor lays edits over the rows it was given, so these must stay as they were.
    """
    page = hash(index_T.tobytes())
    kept = st.session_state.get("review table")
    if not (kept and kept["page"] == page and kept["action"] == now.last_action):
        old = kept["key"] if kept else ""
        for name in (f"{old} rows", f"{old} heard"):
            st.session_state.pop(name, None)
        number = kept["number"] + 1 if kept else 0
        kept = {"page": page, "action": now.last_action, "number": number}
        kept["key"] = f"review table {number}"
        st.session_state["review table"] = kept
    return str(kept["key"])


def _frame(review: Review, now: Standing, index_T: npt.NDArray[np.int64]) -> pd.DataFrame:
    measured = review.measured
    names = np.array(review.class_names, dtype=object)
    found = [now.decisions.get(int(index)) for index in index_T]
    suggested = names[measured.suggested_A[index_T]]
    values: dict[str, Any] = {
        review.thing.capitalize(): [
            visible(str(name), MOST_OF_CELL) for name in measured.names_A[index_T]
        ],
        "Given label": names[measured.given_A[index_T]],
        "Predicted as": np.where(
            measured.suggested_A[index_T] == measured.given_A[index_T], NO_DECISION, suggested
        ),
        "Metric": measured.metric_A[index_T],
        "Dropped in round": pd.array(
            [n + 1 if n >= 0 else None for n in measured.dropped_A[index_T].tolist()],
            dtype="Int64",
        ),
        _DECISION: [item.verdict if item else NO_DECISION for item in found],
        _LABEL: [
            NO_DECISION if item is None or item.label is None else names[item.label]
            for item in found
        ],
    }
    if measured.clean_A is not None:
        clean_T = measured.clean_A[index_T]
        values["Clean label"] = np.where(clean_T == UNKNOWN, "", names[clean_T])
    if measured.held_out_A.any():
        values["Part"] = np.where(measured.held_out_A[index_T], HELD_OUT, TRAIN)
    return pd.DataFrame(_what_it_is(review, index_T, values) | values)


def _what_it_is(
    review: Review, index_T: npt.NDArray[np.int64], taken: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Columns of what instances are: a picture, or a text and the first columns of a table."""
    if pictures := small(review.run, tuple(index_T.tolist()), ROW_HEIGHT):
        return {_PICTURE: pictures}
    found: dict[str, list[Any]] = {}
    if (texts := review.run.texts_of(index_T)) is not None:
        found[_TEXT] = [beginning(item.text, N_CHARACTERS) for item in texts]
    if rows := review.run.rows_of(index_T):
        for name in list(rows[0])[:N_COLUMNS]:
            free = name if name not in taken and name not in found else f"{name} (table)"
            found[free] = [row[name] for row in rows]
    return found


def hear(review: Review, index_T: npt.NDArray[np.int64]) -> None:
    """Decide what was edited since the last time; another window's rows are left alone.

    Before the table is drawn, for it may become a new one, which knows nothing of these edits.
    """
    kept = st.session_state.get("review table")
    if not kept or kept["page"] != hash(index_T.tobytes()):
        return
    key = kept["key"]
    edited = part(st.session_state.get(key), "edited_rows")
    heard: dict[int, dict[str, Any]] = st.session_state.setdefault(f"{key} heard", {})
    frame: pd.DataFrame = st.session_state[f"{key} rows"]
    alone = standing(review).last_action == kept["action"]
    for place, cells in edited.items() if isinstance(edited, dict) else ():
        row = whole(place, 0, len(index_T) - 1)
        if row is None or not isinstance(cells, dict) or heard.get(row) == cells:
            continue
        heard[row] = dict(cells)
        _decide(review, int(index_T[row]), frame.iloc[row], cells)
        alone = alone and _LABEL not in cells and cells.get(_DECISION) != "relabel"
    if alone:  # the table shows what was decided: it may stay, with its place and focus
        kept["action"] = standing(review).last_action


def _decide(review: Review, index: int, row: pd.Series[Any], cells: dict[str, Any]) -> None:
    verdict = str(cells.get(_DECISION, row[_DECISION]) or NO_DECISION)
    name = str(cells.get(_LABEL, row[_LABEL]) or NO_DECISION)
    names = review.class_names
    if name in names and (verdict == "relabel" or _DECISION not in cells):
        review_actions.act(review, "relabel", [index], names.index(name))
    elif verdict == "relabel":
        review_actions.act(review, "suggest", [index])
    else:
        review_actions.act(review, verdict or "clear", [index])
