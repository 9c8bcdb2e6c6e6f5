"""Script and style that other components build in, and the one that hands over a sound."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
INDEX_BYTES = 4

SAMPLE_JS = "\n".join(
    (_HERE / name).read_text(encoding="utf-8") for name in ("sample.js", "player.js")
)
"""Functions and a class; they need `element` beside them."""
SAMPLE_CSS = (_HERE / "sample.css").read_text(encoding="utf-8")

_mount_sound = st.components.v2.component(
    "mild_sound", js=(_HERE / "sound.js").read_text(encoding="utf-8")
)


def play(key: str, index: int, wav: bytes) -> None:
    """Hand the sound of an instance to whoever asked for it."""
    _mount_sound(key=key, data=index.to_bytes(INDEX_BYTES, "little") + wav, height=1)
