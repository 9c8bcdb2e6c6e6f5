"""How a figure is written, by what it is: a score such as F1 as .917, a share in per cent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mild.words import (
    between,
    percent,
    score,
    score_between,
    score_span,
    span,
)

_SCORES = frozenset({"accuracy", "auroc", "f1", "precision", "recall", "separation"})
"""Words of which the name of a score has one; the field writes all of them from 0 to 1."""
_APART = re.compile("[^a-z0-9]+")

LowHigh = tuple[float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How figures from 0 to 1 of one kind are written and drawn."""

    write: Callable[[float | None], str]
    rough: Callable[[float | None], str]
    """As `write`, with fewer digits: where the last would say too much."""
    between: Callable[[LowHigh], str]
    """An interval in parentheses, to stand after the figure."""
    span: Callable[[LowHigh], str]
    """An interval in place of the figure."""
    factor: int
    """By which the figure is multiplied on an axis."""
    unit: str
    """Behind the title of an axis or a column."""

    def titled(self, title: str) -> str:
        """Write a title with its unit."""
        return title + self.unit

    def drawn(self, value: float | None) -> float | None:
        """Return where the figure lies on an axis; None where it is unknown."""
        return None if value is None or value != value else self.factor * value


def _rough(write: Callable[[Any, int], str], digits: int) -> Callable[[float | None], str]:
    return lambda value: write(value, digits)


SHARE = Scale(
    write=percent, rough=_rough(percent, 0), between=between, span=span, factor=100, unit=" (%)"
)
SCORE = Scale(
    write=score, rough=_rough(score, 2), between=score_between, span=score_span, factor=1, unit=""
)


def scale_of(name: str) -> Scale:
    """Say how a figure of this name is written: the one place that decides it.

    Examples
    --------
    >>> scale_of("Precision of kept").write(0.9714), scale_of("f1_flagged").write(0.917)
    ('.971', '.917')
    >>> scale_of("kept_share").write(0.917), scale_of("Estimated noise rate").write(0.4)
    ('91.7 %', '40.0 %')
    """
    return SHARE if _SCORES.isdisjoint(_APART.split(name.lower())) else SCORE
