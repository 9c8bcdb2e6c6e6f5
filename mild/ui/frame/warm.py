"""Imports that the second page needs, made while a person reads the first."""

from __future__ import annotations

import gc
import importlib
import threading

from mild.ui.cache.decorators import per_server

PAUSE_SECONDS = 0.5
"""The first page reaches the browser first: threads of Python take turns, and imports are slow."""

_SLOW = (
    "pandas", "plotly.graph_objects", "pyarrow.parquet", "sklearn.metrics",
    "mild.ui.live.panel", "mild.ui.dynamics.panel", "mild.ui.selection.panel",
    "mild.ui.review.panel", "mild.ui.rounds.panel", "mild.ui.compare.runs",
    "mild.ui.learn.panel",
)  # fmt: skip


@per_server()
def warm_up() -> None:
    """Import slow modules once per server, in the background."""
    timer = threading.Timer(PAUSE_SECONDS, _import_all)
    timer.daemon = True
    timer.start()


def _import_all() -> None:
    for name in _SLOW:
        importlib.import_module(name)
    if not gc.get_freeze_count():
        gc.freeze()  # modules stay: looking for garbage among them takes 0.1 s each time
