"""Hear each thing that was done in a browser exactly once, whichever of its pages tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import streamlit as st

from mild.ui.heard import part, parts, whole

ASKING_JS = Path(__file__).with_name("asking.js").read_text(encoding="utf-8")
"""A class that other components build in."""
MOST_ACTIONS = 2**53
"""Up to which the numbers of a browser are whole ones."""
MOST_NUMBER = 2**31 - 1
"""Of an instance, a label, or pixels."""
MOST_SOURCES = 64
"""Pages of browsers that a session remembers; the server remembers as many of each session."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing a person did."""

    kind: str
    """Of `mild.ui.review.actions.KINDS`, or undo, redo, page, open, close, play; or an answer."""
    indices: tuple[int, ...]
    value: int | None
    """The new label, by how many pages to turn, or how many pixels the opened image may have."""
    about: str
    """Of what the browser showed then, as Python had called it; empty where it does not say."""


_numbers: dict[str, int] = {}
"""Number of the last thing that any session heard, by source: a page asks again in the next one."""
_door = Lock()


def asked(key: str) -> Iterator[Asked]:
    """Return what was done in a component since the last call, each exactly once, in order.

    The browser repeats what it has not seen answered, so that quick clicks are never lost; a
    number on each tells which have been heard. Each counts as heard when it is returned, not
    before: to touch the session's state ends a script whose page was left, and what comes after is
    asked again. So nothing of it may be touched before the thing is written down.
    """
    sent, numbers = part(st.session_state.get(key), "actions"), heard(key)
    for item in parts(part(sent, "list")):
        source = str(part(item, "source") or part(sent, "source"))[:40]
        number = whole(part(item, "number"), numbers.get(source, 0) + 1, MOST_ACTIONS)
        if number is None:
            continue
        _note(numbers, source, number, MOST_SOURCES)
        if _is_new(source, number):
            yield _read(item)


def heard(key: str) -> dict[str, int]:
    """Number of the last thing that this session heard, by source; the browser is told."""
    numbers: dict[str, int] = st.session_state.setdefault(f"{key} heard", {})
    return numbers


def _is_new(source: str, number: int) -> bool:
    """Whether no session has heard of it before; no other one will."""
    with _door:
        if number <= _numbers.get(source, 0):
            return False
        _note(_numbers, source, number, MOST_SOURCES**2)
        return True


def _note(numbers: dict[str, int], source: str, number: int, most: int) -> None:
    numbers.pop(source, None)
    numbers[source] = number  # the newest is the last
    if len(numbers) > most:
        del numbers[next(iter(numbers))]


def _read(item: dict[str, Any]) -> Asked:
    indices = (whole(index, 0, MOST_NUMBER) for index in parts(part(item, "indices")))
    return Asked(
        kind=str(part(item, "kind"))[:40],
        indices=tuple(index for index in indices if index is not None),
        value=whole(part(item, "value"), -MOST_NUMBER, MOST_NUMBER),
        about=str(part(item, "about") or "")[:1000],
    )
