"""Register the gallery's JavaScript, send it what it shows, and hear what was done in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mild.ui.components.sample import SAMPLE_CSS, SAMPLE_JS
from mild.ui.components.sheet import sheet_component
from mild.ui.heard import part, parts, whole

_HERE = Path(__file__).parent
_SCRIPTS = (
    "gallery.js",
    "choice.js",
    "bar.js",
    "tiles.js",
    "detail.js",
    "detail_parts.js",
    "detail_sample.js",
    "elements.js",
)
"""One module in the browser."""
MOST_ACTIONS = 2**53
"""Up to which the numbers of a browser are whole ones."""
MOST_NUMBER = 2**31 - 1
"""Of an instance, a label, or pixels."""
PICTURE_SIDES = (144, 96, 256)
"""Pixels a side in which pictures are sent: as usual, and what the browser may ask for instead."""
_HTML = """
<div class="bar"></div>
<div class="tiles" role="list"></div>
<dialog class="detail"></dialog>
"""


def _read_all(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount_gallery = st.components.v2.component(
    "mild_gallery",
    html=_HTML,
    css=SAMPLE_CSS + _read_all("gallery.css", "tiles.css", "detail.css"),
    js=_read_all(*_SCRIPTS) + SAMPLE_JS,
)
_mount_sheet = sheet_component("mild_sheet", "--mild-sheet")


@dataclass(frozen=True, slots=True)
class GalleryAction:
    """One thing a person did in the gallery."""

    kind: str
    """Of `mild.ui.review.actions.KINDS`, or undo, redo, page, open, close, play."""
    indices: tuple[int, ...]
    value: int | None
    """The new label, by how many pages to turn, or how many pixels the opened image may have."""


def asked(key: str) -> list[GalleryAction]:
    """Return what was done in the gallery since the last call, each exactly once, in order.

    The browser repeats what it has not seen answered, so that quick clicks are never lost; a
    number on each tells which have been heard.
    """
    sent = part(st.session_state.get(key), "actions")
    heard = st.session_state.setdefault(f"{key} heard", {})
    source = str(part(sent, "source"))[:40]
    found = []
    for item in parts(part(sent, "list")):
        number = whole(part(item, "number"), heard.get(source, 0) + 1, MOST_ACTIONS)
        if number is not None:
            heard[source] = number
            found.append(_read(item))
    return found


def picture_side(key: str) -> int:
    """Read how large the browser wants its pictures, by the size of its tiles: of PICTURE_SIDES."""
    side = whole(part(st.session_state.get(key), "picture"), 0, max(PICTURE_SIDES))
    return side if side in PICTURE_SIDES else PICTURE_SIDES[0]


def gallery(key: str, data: dict[str, Any], sheet: bytes | None) -> None:
    """Draw the gallery; `sheet` is sent once per page, a decision sends `data` alone."""
    heard = st.session_state.get(f"{key} heard", {})
    _mount_gallery(
        key=key,
        data={**data, "heard": heard},
        on_actions_change=_nothing,
        on_picture_change=_nothing,
    )
    if sheet is not None:
        _mount_sheet(key=f"{key} sheet", data=sheet, height=1)


def _nothing() -> None:
    """Listen to a state, which streamlit hands over only then."""


def _read(item: dict[str, Any]) -> GalleryAction:
    indices = (whole(index, 0, MOST_NUMBER) for index in parts(part(item, "indices")))
    return GalleryAction(
        kind=str(part(item, "kind"))[:40],
        indices=tuple(index for index in indices if index is not None),
        value=whole(part(item, "value"), -MOST_NUMBER, MOST_NUMBER),
    )
