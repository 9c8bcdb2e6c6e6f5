"""Where the recorded runs lie that selection is judged on."""

from __future__ import annotations

from pathlib import Path

_BENCHMARKS = Path(__file__).parents[1]
PANEL = _BENCHMARKS / "panel"
"""Runs without planted labels, as its README describes."""
PLANTED_PANEL = _BENCHMARKS / "panel-planted"
"""Rounds with some."""
