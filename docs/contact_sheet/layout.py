"""The rule that a layout keeps, by boxes: the contact sheet marks breaches, a test forbids them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST = 260
"""Pixels from the top within which the content begins."""
FAULT = "Something went wrong on this page"
"""What a page says that failed (`mild/ui/frame/boundary.py`)."""
RULE = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")
"""What a browser runs: takes `arguments_of(width)`, returns a list for `read`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """Something on a page that lies where it should not."""

    kind: str
    """`beyond the window`, `overlap`, `cut off`, `begins late`, `empty` or `error`."""
    words: str
    """Which element, in words."""
    box: tuple[float, float, float, float]
    """Left, top, width and height in pixels of the window."""

    def __str__(self) -> str:
        left, top, width, height = (round(number) for number in self.box)
        return f"{self.kind}: {self.words} at {left}, {top}, {width} x {height}"


def arguments_of(width: int) -> dict[str, int | str]:
    """What the rule is told of a window of so many pixels."""
    return {"width": width, "first": FIRST, "fault": FAULT}


def read(found: Iterable[Any]) -> list[Breach]:
    """Breaches from what the rule returned, each once."""
    breaches = [
        Breach(
            kind=item["kind"],
            words=item["words"],
            box=(item["x"], item["y"], item["width"], item["height"]),
        )
        for item in found
    ]
    return list(dict.fromkeys(breaches))
