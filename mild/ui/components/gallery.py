"""The gallery: many thumbnails with their timelines, decided about by click and by key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_HTML = """
<div class="bar"></div>
<div class="legend"></div>
<div class="tiles" role="list"></div>
"""

_mount_gallery = st.components.v2.component(
    "mild_gallery",
    html=_HTML,
    css=(_HERE / "gallery.css").read_text(encoding="utf-8"),
    js=(_HERE / "gallery.js").read_text(encoding="utf-8"),
)
_mount_sheet = st.components.v2.component(
    "mild_sheet",
    js=(_HERE / "sheet.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing a person did in the gallery."""

    kind: str
    """Of `mild.ui.review.actions.KINDS`, or undo, redo, page."""
    indices: tuple[int, ...]
    value: int | None
    """The new label, or by how many pages to turn."""


def asked(key: str) -> list[Asked]:
    """What was done in the gallery since this was last called, each exactly once, in order.

    The browser repeats what it has not seen answered, so that quick clicks are never lost; a
    number on each tells which have been heard.
    """
    sent = (st.session_state.get(key) or {}).get("actions")
    if not isinstance(sent, dict) or not isinstance(sent.get("list"), list):
        return []
    heard = st.session_state.setdefault(f"{key} heard", {})
    source = str(sent.get("source", ""))[:40]
    found = []
    for item in sent["list"]:
        number = item.get("number") if isinstance(item, dict) else None
        if isinstance(number, int) and number > heard.get(source, 0):
            heard[source] = number
            found.append(_read(item))
    return found


def gallery(key: str, data: dict[str, Any], sheet: bytes) -> None:
    """Draw it. `sheet` is sent once per page; a decision sends `data` alone."""
    heard = st.session_state.get(f"{key} heard", {})
    _mount_gallery(key=key, data={**data, "heard": heard}, on_actions_change=_nothing)
    _mount_sheet(key=f"{key} sheet", data=sheet, height=1)


def _nothing() -> None:
    """Streamlit hands over state only where something listens to it."""


def _read(item: dict[str, Any]) -> Asked:
    indices = item.get("indices")
    value = item.get("value")
    return Asked(
        kind=str(item.get("kind", "")),
        indices=tuple(i for i in indices if isinstance(i, int))
        if isinstance(indices, list)
        else (),
        value=value if isinstance(value, int) else None,
    )
