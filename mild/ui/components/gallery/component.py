"""Register the gallery's JavaScript, and send it what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from mild.ui.components.asking import ASKING_JS, heard
from mild.ui.components.sample import SAMPLE_CSS, SAMPLE_JS
from mild.ui.components.sheet import sheet_component
from mild.ui.heard import part, whole

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
    js=_read_all(*_SCRIPTS) + ASKING_JS + SAMPLE_JS,
)
_mount_sheet = sheet_component("mild_sheet", "--mild-sheet")


def picture_side(key: str) -> int:
    """Read how large the browser wants its pictures, by the size of its tiles: of PICTURE_SIDES."""
    side = whole(part(st.session_state.get(key), "picture"), 0, max(PICTURE_SIDES))
    return side if side in PICTURE_SIDES else PICTURE_SIDES[0]


def gallery(
    key: str, data: dict[str, Any], sheet: bytes | None, on_asked: Callable[[], None]
) -> None:
    """Draw the gallery; `sheet` is sent once per page, a decision sends `data` alone.

    `on_asked` is called as soon as something was done, before anything is drawn, and whatever page
    is drawn then.
    """
    _mount_gallery(
        key=key,
        data={**data, "heard": dict(heard(key))},
        on_actions_change=on_asked,
        on_picture_change=_nothing,
    )
    if sheet is not None:
        _mount_sheet(key=f"{key} sheet", data=sheet, height=1)


def _nothing() -> None:
    """Listen to a state, which streamlit hands over only then."""
