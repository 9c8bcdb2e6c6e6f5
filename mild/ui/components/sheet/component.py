"""Register a component that hands over a sheet of pictures under a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_SOURCE = (Path(__file__).parent / "sheet.js").read_text(encoding="utf-8")


def sheet_component(name: str, variable: str) -> Any:
    """Register the component; its data are a PNG or WebP, which CSS finds under `variable`."""
    return st.components.v2.component(name, js=_SOURCE.replace("--mild-sheet", variable))
