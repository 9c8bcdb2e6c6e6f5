"""The form of a new run, images: where they are; one's own come first."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mild.config import RunConfig
from mild.data.sources import SOURCES
from mild.ui.new_run.fields import at, key

OWN = tuple(name for name, source in SOURCES.items() if source.needs_path)
OFFERED = (*OWN, *(name for name in SOURCES if name not in OWN))
"""One's own first, then the sets that are built in or downloaded."""


def ask(base: RunConfig) -> dict[str, Any]:
    """Values by option: the source, and where it lies."""
    source = st.selectbox(
        "Images", OFFERED, at(OFFERED, base.data.source), key=key("data"),
        format_func=lambda item: SOURCES[item].label,
    )  # fmt: skip
    values: dict[str, Any] = {"data": source}
    if SOURCES[source].needs_path:
        values["path"] = st.text_input(
            "Folder or file", base.data.path or "", placeholder="/home/me/pictures",
            key=key("path"),
            help="On the machine that runs this dashboard. Nothing in it is changed.",
        )  # fmt: skip
    if source == "manifest":
        left, right = st.columns(2)
        values["path_column"] = left.text_input(
            "Column with the image files", base.data.path_column, key=key("path column")
        )
        values["label_column"] = right.text_input(
            "Column with the labels", base.data.label_column, key=key("label column")
        )
    return values
