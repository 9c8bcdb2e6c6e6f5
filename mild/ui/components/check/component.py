"""Register the card of a spot check, and send it the image under question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from mild.ui.components.asking import ASKING_JS, heard
from mild.ui.components.sample import SAMPLE_CSS, SAMPLE_JS
from mild.ui.components.sheet import sheet_component

_HERE = Path(__file__).parent

_mount_check = st.components.v2.component(
    "mild_check",
    html='<div class="check" tabindex="0" role="group" aria-label="Is the label right?"></div>',
    css=SAMPLE_CSS + (_HERE / "check.css").read_text(encoding="utf-8"),
    js=(_HERE / "check.js").read_text(encoding="utf-8") + ASKING_JS + SAMPLE_JS,
)
_mount_sheet = sheet_component("mild_check_sheet", "--mild-check-sheet")


def check_card(
    key: str, data: dict[str, Any], sheet: bytes | None, on_asked: Callable[[], None]
) -> None:
    """Draw the card; answers are read with `mild.ui.components.asking.asked`.

    `sheet` is sent once per page, None where there are no pictures; an answer sends `data` alone.
    `on_asked` is called as soon as there is an answer, before anything is drawn.
    """
    _mount_check(key=key, data={**data, "heard": dict(heard(key))}, on_actions_change=on_asked)
    if sheet is not None:
        _mount_sheet(key=f"{key} sheet", data=sheet, height=1)
