"""A decision about an instance, the window it is made in, and what an action on many came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Verdict = Literal["keep", "relabel", "drop"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall become of one instance."""

    verdict: Verdict
    label: int | None = None
    """The new label where the verdict is `relabel`, else None."""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS or (self.verdict == "relabel") != (self.label is not None):
            raise ValueError(f"{self.verdict!r} with label {self.label!r} is no decision")
        if self.label is not None and (not isinstance(self.label, int) or self.label < 0):
            raise ValueError(f"{self.label!r} is no label")


@dataclass(frozen=True, slots=True)
class Window:
    """Who decides: one browser window, or one command."""

    name: str
    opened_at: int
    """The last action there was when the window was opened."""
    reviewer: str = ""
    """The person at it; empty where nobody was named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """What an action did."""

    id: int
    kind: str
    n_changed: int
    n_passed_over: int = 0
    """Instances that an undo or redo left alone, because they were decided anew since."""


Wanted = Mapping[int, Decision | None]
"""Instance -> what to decide; None takes a decision back."""
