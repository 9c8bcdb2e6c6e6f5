"""The form of a new run, images: where they are; one's own come first."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mild.access.paths import limited, roots
from mild.config import RunConfig
from mild.data.places import typed_path
from mild.data.sources import SOURCES
from mild.ui.new_run.widgets import at, key
from mild.ui.words import plain

OWN = tuple(name for name, source in SOURCES.items() if source.needs_path)
OFFERED = (*OWN, *(name for name in SOURCES if name not in OWN))
"""One's own first, then the sets that are built in or downloaded."""


def ask(base: RunConfig) -> dict[str, Any]:
    """Ask for the source and where it lies; return values by option."""
    source = st.selectbox(
        "Images", OFFERED, at(OFFERED, base.data.source), key=key("data"),
        format_func=lambda item: SOURCES[item].label,
    )  # fmt: skip
    values: dict[str, Any] = {"data": source}
    if SOURCES[source].needs_path:
        values["path"] = _path(source, base)
    if source == "huggingface":
        values |= _huggingface(base)
    if source == "manifest":
        left, right = st.columns(2)
        values["path_column"] = left.text_input(
            "Column with the image files", base.data.path_column, key=key("path column")
        )
        values["label_column"] = right.text_input(
            "Column with the labels", base.data.label_column, key=key("label column")
        )
    return values


def _path(source: str, base: RunConfig) -> str:
    label, example = "Folder or file", "/home/me/pictures"
    help_ = "On the machine that runs this dashboard. Nothing in it is changed."
    if source == "huggingface":
        label, example = "Name on the hub, or folder", "hf:owner/name, or /home/me/saved"
    elif SOURCES[source].takes_addresses:
        help_ += " Or an address, such as s3://bucket/pictures."
    given = st.text_input(
        label, base.data.path or "", placeholder=example, key=key("path"), help=help_
    )
    if limited():
        st.caption(plain(_open_places()))
    return typed_path(given)


def _open_places() -> str:
    if not (places := roots()):
        return "No folder is open for data here; whoever runs the dashboard can open some."
    return f"Data can come from {', '.join(places)}, and from nowhere else."


def _huggingface(base: RunConfig) -> dict[str, Any]:
    """Ask for config, split and columns; each is found by itself where there is only one."""
    values: dict[str, Any] = {}
    found, data = "found by itself", base.data
    left, right = st.columns(2)
    image = left.text_input(
        "Column with the images", data.image_column or "", placeholder=found,
        key=key("image column"),
    )  # fmt: skip
    values["label_column"] = right.text_input(
        "Column with the labels",
        data.label_column,
        key=key("label column"),
        help="Any other column of classes is found by itself where it is the only one.",
    )
    left, right = st.columns(2)  # on a telephone one follows the other
    split = left.text_input(
        "Split to judge",
        data.split or "",
        placeholder="train",
        key=key("split"),
        help="Several as in train+validation.",
    )
    test = right.text_input(
        "Split to hold out",
        data.test_split or "",
        placeholder="test or validation",
        key=key("test split"),
        help="none holds out no image.",
    )
    for name, text in (("image_column", image), ("split", split), ("test_split", test)):
        if text.strip():
            values[name] = text.strip()
    return values
