"""Runs worth starting from, by name."""

from __future__ import annotations

from typing import Any

from mild.config import RunConfig, parse

_PRESETS: dict[str, tuple[str, dict[str, Any]]] = {
    "demo": (
        "Handwritten digits, 40 % of the labels drawn anew: trains in seconds on any machine.",
        {
            "name": "demo digits sym40",
            "noise": {"model": "symmetric", "rate": 0.4},
            "rounds": [20, 10, 10],
            "selection": {"min_removed_share": 0.0},
            "final": {"epochs": 20},
        },
    ),
}

NAMES = tuple(_PRESETS)


def preset(name: str) -> RunConfig:
    """The config of a preset; KeyError where there is none."""
    return parse(_PRESETS[name][1])


def describe(name: str) -> str:
    """One line for people."""
    return _PRESETS[name][0]
