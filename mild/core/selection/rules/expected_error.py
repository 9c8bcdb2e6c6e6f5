"""expected-error, the default: the fewest expected mistakes, unless that would give up."""

from dataclasses import dataclass

import numpy as np

from mild.core.mixture.value import WeibullMixture
from mild.core.selection.expected_cost import expected_error_cut
from mild.core.selection.rules.rule import Fitted, Rule

GIVES_UP = 0.3
WORTH_FLAGGING = 0.05


@dataclass(frozen=True, kw_only=True)
class ExpectedError(Rule):
    """The highest expected F1 where labels were planted; else the fewest expected errors."""

    name = "expected-error"
    label = "the fewest expected mistakes under the fit"
    order = 10

    def find_cut(self, fitted: Fitted) -> float:
        if fitted.anchored is not None:
            return fitted.anchored.best_cut
        return default_cut(fitted.fit)

    def in_words(self) -> str:
        return "highest F1 by planted labels, else fewest mistakes by the fit"

    def note(self, mixture: WeibullMixture, cut: float) -> str:
        if cut == expected_error_cut(mixture):
            return ""
        return (
            "At almost every count clean labels outnumber wrong ones, so the cut with the "
            "highest expected F1 was taken instead of keeping nearly everything."
        )


def default_cut(mixture: WeibullMixture) -> int:
    """Find the cut with the least expected number of errors, unless it gives up.

    Where clean instances outnumber the mislabeled ones at nearly every count, keeping all is the
    least error and no help. If it flags less than `GIVES_UP` of the mislabeled instances that
    the fit sees, and those are at least `WORTH_FLAGGING` of all, the cut with the highest
    expected F1 of the flagged set is taken.
    """
    cut = expected_error_cut(mixture)
    noisy = float(mixture.weight[1])
    clean_C, noisy_C = mixture.weight[:, None] * mixture.cell_probability()
    flagged_noisy = np.concatenate([np.cumsum(noisy_C[::-1])[::-1], [0.0]])
    flagged = np.concatenate([np.cumsum((clean_C + noisy_C)[::-1])[::-1], [0.0]])
    if noisy < WORTH_FLAGGING or flagged[cut] >= GIVES_UP * noisy:
        return cut
    return int(np.argmax(2.0 * flagged_noisy / (flagged + noisy)))


RULE = ExpectedError()
