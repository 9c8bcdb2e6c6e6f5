"""Register the card of a spot check, and send it the image under question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from mild.ui.components.sample import SAMPLE_CSS, SAMPLE_JS
from mild.ui.components.sheet import sheet_component

_HERE = Path(__file__).parent

_mount_check = st.components.v2.component(
    "mild_check",
    html='<div class="check" tabindex="0" role="group" aria-label="Is the label right?"></div>',
    css=SAMPLE_CSS + (_HERE / "check.css").read_text(encoding="utf-8"),
    js=(_HERE / "check.js").read_text(encoding="utf-8") + SAMPLE_JS,
)
_mount_sheet = sheet_component("mild_check_sheet", "--mild-check-sheet")


def check_card(key: str, data: dict[str, Any], sheet: bytes | None) -> None:
    """Draw the card; answers are read with `mild.ui.components.gallery.asked`.

    `sheet` is sent once per page, None where there are no pictures; an answer sends `data` alone.
    """
    heard = st.session_state.get(f"{key} heard", {})
    _mount_check(key=key, data={**data, "heard": heard}, on_actions_change=_nothing)
    if sheet is not None:
        _mount_sheet(key=f"{key} sheet", data=sheet, height=1)


def _nothing() -> None:
    """Listen to a state, which streamlit hands over only then."""
