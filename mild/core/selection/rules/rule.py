"""What a selection rule is: a name, words for people, the numbers it asks for, and a cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal

from mild.core.arrays import FloatArray, IntArray
from mild.core.mixture.value import WeibullMixture
from mild.core.planted.anchored import AnchoredFit

Kind = Literal["probability", "share", "epochs"]
"""What a number is, which says where it may lie and how a form asks for it: above 0 and below 1;
above 0 and at most 1; misclassified epochs, at least 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """What a rule may look at."""

    n_by_count_C: IntArray
    """Shape (p + 1,), instances misclassified in exactly c epochs, c = 0 .. p."""
    mixture: WeibullMixture | None = None
    """None where there is too little data to fit one."""
    anchored: AnchoredFit | None = None
    """What planted labels tell; None where none was planted."""
    score_N: FloatArray | None = None
    """Shape (N,), the refined metric of the same instances; None where only counts are known."""

    @property
    def n_epochs(self) -> int:
        """p, the largest possible count."""
        return len(self.n_by_count_C) - 1

    @property
    def fit(self) -> WeibullMixture:
        """The mixture, for rules that need one; ValueError where there is none."""
        if self.mixture is None:
            raise ValueError("there is no fitted mixture; a rule that reads it needs one")
        return self.mixture


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A number that a rule asks for: a setting, an option and a widget are made from it."""

    rule: str
    name: str
    default: float | None
    """None where a person has to say it."""
    kind: Kind
    what: str
    """Completes "the rule needs"."""
    help: str
    """Completes "For this rule:", with its full stop."""
    label: str
    """Of the widget."""
    start: float
    """What the widget shows where nothing was asked for yet."""


def number(
    default: float | None,
    *,
    kind: Kind,
    what: str,
    help: str,
    label: str,
    start: float | None = None,
) -> Any:
    """Make a field of a rule that people are asked for; the words are those of `Number`."""
    start = default or 0.0 if start is None else start
    said = {"kind": kind, "what": what, "help": help, "label": label, "start": start}
    return field(default=default, metadata={**said, "default": default})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the cut is found; keep an instance iff its score is below the cut.

    A rule is a frozen subclass in a file of this package that says its name and its words, has the
    numbers it asks for as fields, and finds a cut; the file binds one value of it.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    """What it does, for a list to choose from: a few words."""
    order: ClassVar[int] = 50
    """Place among the rules; the lowest is the default."""
    needs_mixture: ClassVar[bool] = True
    """Whether it reads the fitted mixture; then everything is kept where there is none."""
    fits_classes: ClassVar[bool] = True
    """Whether it can look at each given label by itself."""

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers it asks for."""
        return tuple(
            Number(rule=self.name, name=item.name, **item.metadata) for item in fields(self)
        )

    @property
    def lacking(self) -> tuple[Number, ...]:
        """Those that a person has to say, and did not yet."""
        return tuple(item for item in self.numbers if getattr(self, item.name) is None)

    def with_numbers(self, numbers: Mapping[str, float | None]) -> Rule:
        """Return the rule with other numbers; None, and what it has no use for, change nothing."""
        own = {item.name: numbers.get(item.name) for item in self.numbers}
        return replace(self, **{name: value for name, value in own.items() if value is not None})

    def check(self, n_epochs: int) -> None:
        """Raise ValueError unless its numbers are there and within range."""

    def within(self, n_epochs: int) -> Rule:
        """Return the rule for a round of so many epochs, where a number means epochs."""
        return self

    def guessed(self, noise_rate: float) -> Rule:
        """Make up what the rule lacks from an estimated noise rate, where that can be."""
        return self

    def find_cut(self, fitted: Fitted) -> float:
        """Find the cut in misclassified epochs, 0 .. p + 1; what is below it is kept."""
        raise NotImplementedError

    def in_words(self) -> str:
        """Say how it cuts, with its numbers, for a table of rules."""
        return self.label

    def note(self, mixture: WeibullMixture, cut: float) -> str:
        """Return a sentence for people on a cut it found, or ''."""
        return ""
