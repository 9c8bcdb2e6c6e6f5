"""manual: a cut that a person sets."""

from dataclasses import dataclass

from mild.core.selection.rules.rule import Fitted, Rule, number


@dataclass(frozen=True, kw_only=True)
class Manual(Rule):
    """Keep below a number that a person gives."""

    name = "manual"
    label = "a cut you set"
    order = 90
    needs_mixture = False
    fits_classes = False

    cut: float | None = number(
        None,
        kind="epochs",
        what="a cut in misclassified epochs",
        help="keep instances misclassified in fewer epochs than this; 7.5 halves a count.",
        label="Keep if misclassified in fewer epochs than",
        start=5.0,
    )

    def check(self, n_epochs: int) -> None:
        if self.cut is None or not 0 <= self.cut <= n_epochs + 1:
            told = "None" if self.cut is None else f"{self.cut:g}"
            raise ValueError(f"cut is {told}; rule 'manual' needs it within 0 .. {n_epochs + 1}")

    def within(self, n_epochs: int) -> Rule:
        return self if self.cut is None else Manual(cut=min(self.cut, n_epochs + 1.0))

    def find_cut(self, fitted: Fitted) -> float:
        return float(self.cut or 0)

    def in_words(self) -> str:
        return "the number the run was given"


RULE = Manual()
