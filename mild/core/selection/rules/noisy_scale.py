"""noisy-scale: the authors' rule, meant for many rounds."""

import math
from dataclasses import dataclass

from mild.core.selection.rules.rule import Fitted, Rule


@dataclass(frozen=True, kw_only=True)
class NoisyScale(Rule):
    """Keep the counts up to the scale of the mislabeled component."""

    name = "noisy-scale"
    label = "the authors' rule; removes 37 % of the mislabeled per round"
    order = 30

    def find_cut(self, fitted: Fitted) -> float:
        return min(math.floor(float(fitted.fit.scale[1])), fitted.n_epochs) + 1

    def in_words(self) -> str:
        return "the authors': up to the scale of the mislabeled component"


RULE = NoisyScale()
