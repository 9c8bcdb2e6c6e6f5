"""Names and states in the words that people read, safe where Markdown is read; numbers as well."""

from __future__ import annotations

import re

from mild.visible import MOST, MOST_OF_NAME, visible, visible_name
from mild.words import (
    between,
    count,
    cut_text,
    duration,
    interval,
    percent,
    score,
    score_between,
    score_span,
    span,
)

__all__ = [
    "between",
    "count",
    "cut_text",
    "duration",
    "interval",
    "parse_cut",
    "percent",
    "plain",
    "score",
    "score_between",
    "score_span",
    "sentence",
    "span",
    "state_badge",
    "visible",
    "visible_name",
]

_CUT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@])")
_LATER = re.compile(r"\\[:@](?=\S)|www(?=\\\.)|\\[-<>~!](?=\\[-<>~]|=)")
"""Where streamlit, after it has read the escapes, makes icons, links and arrows of what is left."""
_APART = ":small[]"
"""Nothing to see, between what would be read together."""
_INDENT = re.compile("^ +")

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
    "stalled": "orange",
    "failed": "red",
    "damaged": "red",
}


def plain(text: str, most: int = MOST) -> str:
    """Escape `text` for a place that reads Markdown: shown as it is, whatever names it holds."""
    masked = _MARKDOWN.sub(r"\\\1", _INDENT.sub("", visible(text, most)))
    return _LATER.sub(rf"\g<0>{_APART}", masked)


def sentence(text: str) -> str:
    """Escape `text` as `plain` does, and begin it with a capital letter.

    Examples
    --------
    >>> sentence("the loss is no number"), sentence("config cannot be read")
    ('The loss is no number', 'Config cannot be read')
    """
    first = text.partition(" ")[0]
    return plain(text[:1].upper() + text[1:] if first.isalpha() else text)


def parse_cut(text: str, own: float, highest: float) -> float | None:
    """Read a cut out of an address; None where it is no number that a cut could be.

    Where it is how `own`, the exact cut of a rule, reads, it is that one.
    """
    if not _CUT.fullmatch(text):
        return None
    return own if text == cut_text(own) else min(float(text), highest)


def state_badge(state: str) -> str:
    """Write a run's state as a Markdown badge."""
    return f":{STATE_COLOURS.get(state, 'grey')}-badge[{plain(state, MOST_OF_NAME)}]"
