"""keep-fraction: a share of the instances that a person sets, those memorized best."""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray, IntArray
from mild.core.selection.rules.rule import Fitted, Rule, number
from mild.words import percent


@dataclass(frozen=True, kw_only=True)
class KeepFraction(Rule):
    """Keep a share: by the refined metric where labels were planted, else by whole counts."""

    name = "keep-fraction"
    label = "a share you set"
    order = 80
    needs_mixture = False

    keep_fraction: float | None = number(
        None,
        kind="share",
        what="the share to keep",
        help="the share to keep.",
        label="Share to keep",
        start=0.6,
    )

    def check(self, n_epochs: int) -> None:
        if self.keep_fraction is None or not 0.0 <= self.keep_fraction <= 1.0:
            raise ValueError(
                f"keep_fraction is {self.keep_fraction}; rule 'keep-fraction' needs it within "
                "0 .. 1"
            )

    def guessed(self, noise_rate: float) -> Rule:
        if self.keep_fraction is not None:
            return self
        return KeepFraction(keep_fraction=1.0 - noise_rate)

    def find_cut(self, fitted: Fitted) -> float:
        fraction = float(self.keep_fraction or 0.0)
        if fitted.anchored is None or fitted.score_N is None:
            return keep_fraction_cut(fitted.n_by_count_C, fraction)
        n_kept = round(fraction * fitted.score_N.size)
        if n_kept >= fitted.score_N.size:
            return float(fitted.n_epochs + 1)
        return float(np.partition(fitted.score_N, n_kept)[n_kept])

    def in_words(self) -> str:
        share = percent(self.keep_fraction or 0.0, 0)
        return f"keeps the {share} with the fewest misclassified epochs"


def keep_fraction_cut(n_by_count_C: IntArray | FloatArray, keep_fraction: float) -> int:
    """Find the lowest cut that keeps at least this share; equal counts stay together.

    Examples
    --------
    >>> keep_fraction_cut(np.array([5, 3, 2]), 0.6)
    2
    """
    n_kept = np.concatenate([[0], np.cumsum(n_by_count_C)])
    return int(np.argmax(n_kept >= keep_fraction * n_kept[-1] - 1e-9))


RULE = KeepFraction()
