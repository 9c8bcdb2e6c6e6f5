"""noisy-mode: up to the peak of the mislabeled component."""

import math
from dataclasses import dataclass

from mild.core.selection.rules.rule import Fitted, Rule


@dataclass(frozen=True, kw_only=True)
class NoisyMode(Rule):
    """Keep the counts up to the mode of the mislabeled component."""

    name = "noisy-mode"
    label = "the peak of the mislabeled component"
    order = 40

    def find_cut(self, fitted: Fitted) -> float:
        return min(math.floor(float(fitted.fit.mode[1])), fitted.n_epochs) + 1

    def in_words(self) -> str:
        return "up to the most common count of the mislabeled component"


RULE = NoisyMode()
