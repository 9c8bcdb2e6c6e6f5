"""Imports that the second page needs, made while a person reads the first."""

from __future__ import annotations

import importlib
import threading

import streamlit as st

_SLOW = ("plotly.graph_objects", "pyarrow.parquet", "mild.ui.live.panel", "mild.ui.selection.panel")


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Once per server, in the background; whoever is faster imports them himself."""
    threading.Thread(target=_import_all, daemon=True).start()


def _import_all() -> None:
    for name in _SLOW:
        importlib.import_module(name)
