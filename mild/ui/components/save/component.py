"""Register the buttons; the picture is made in the browser as the figure stands."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_HTML = """
<div class="kinds">
  <button type="button" data-kind="png">PNG</button>
  <button type="button" data-kind="svg">SVG</button>
</div>
<div class="said" role="status"></div>
"""

_mount = st.components.v2.component(
    "mild_save",
    html=_HTML,
    css=(_HERE / "save.css").read_text(encoding="utf-8"),
    js=(_HERE / "save.js").read_text(encoding="utf-8"),
)


def save_buttons(figure: str, name: str, title: str, *, key: str) -> None:
    """Save what streamlit drew under the key `figure` to a file called `name`, `title` on top."""
    _mount(key=key, data={"figure": figure, "name": name, "title": title})
