"""Names and states in the words that people read, safe where Markdown is read; numbers as well."""

from __future__ import annotations

import re

from mild.words import between, count, duration, interval, percent

__all__ = ["between", "count", "duration", "interval", "percent", "plain", "state_badge"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@])")

STATE_COLOURS = {
    "queued": "grey",
    "preparing": "blue",
    "training": "blue",
    "selecting": "blue",
    "waiting": "orange",
    "finishing": "blue",
    "done": "green",
    "stopped": "grey",
    "interrupted": "orange",
    "failed": "red",
    "damaged": "red",
}


def plain(text: str) -> str:
    """`text` for a place that reads Markdown: shown as it is, whatever names it holds."""
    return _MARKDOWN.sub(r"\\\1", text)


def state_badge(state: str) -> str:
    """A run's state as a Markdown badge."""
    return f":{STATE_COLOURS.get(state, 'grey')}-badge[{state}]"
