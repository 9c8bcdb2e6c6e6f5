"""One measured figure beside its budget."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Several measurements of one thing; less is better."""

    what: str
    values: tuple[float, ...]
    unit: str = "s"
    budget: float | None = None
    """None where nothing was promised."""
    n: int | None = None
    """Instances of the run."""
    best: float | None = None
    """The least of them unless given: the one least disturbed by the rest of the machine."""

    @classmethod
    def of_fact(cls, what: str, value: bool, wanted: bool) -> Row:
        """Make a row of something that is so or not."""
        return cls(what=what, values=(float(value),), unit="", budget=float(wanted))

    @property
    def median(self) -> float:
        """The middle of the values."""
        return median(self.values)

    @property
    def met(self) -> bool | None:
        """By the median."""
        return None if self.budget is None else self.median <= self.budget

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON takes it."""
        return {
            "what": self.what,
            "n": self.n,
            "median": self.median,
            "best": min(self.values) if self.best is None else self.best,
            "times": len(self.values),
            "unit": self.unit,
            "budget": self.budget,
            "met": self.met,
        }
