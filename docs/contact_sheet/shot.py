"""A picture of a page, and what lies on it where it should not."""

from __future__ import annotations

from dataclasses import dataclass

from docs.contact_sheet.layout import Breach
from docs.contact_sheet.states import State


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A picture of a page."""

    state: State
    theme: str
    width: int
    height: int
    """Of the picture, in pixels."""
    file: str
    """Its name in the folder; empty where the page could not be opened."""
    breaches: tuple[Breach, ...]
