"""Find the cut that the checked instances speak for.

Legend: A instances of the training set by index, S samples drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.spot_check.cells import answered, crossed

MIN_OF_EACH = 5
"""Right and wrong answers below which no cut is read off a sample."""


@dataclass(frozen=True, slots=True)
class SupportedCut:
    """The cut that the checked instances speak for."""

    cut: float
    f1_flagged: float
    """Expected, without an interval: the cut was chosen by it."""


def supported_cut(
    strata_SA: Sequence[IntArray],
    score_A: FloatArray,
    judged_A: BoolArray,
    wrong: dict[int, bool],
) -> SupportedCut | None:
    """Find the whole cut of the highest expected F1 over the checked; None with too few.

    Each answer stands for as many instances as its strata have per answer. Whole cuts alone are
    tried: fifty answers cannot tell instances of one count apart.

    Parameters
    ----------
    score_A
        Shape (A,): who has less than a cut is kept.
    judged_A
        Shape (A,): whether the instance has a score at all.
    """
    index, is_wrong = answered(wrong, judged_A)
    if min(is_wrong.sum(), (~is_wrong).sum()) < MIN_OF_EACH:
        return None
    code_A = crossed(strata_SA, len(judged_A))
    n_answers = np.bincount(code_A[index], minlength=int(code_A.max()) + 1)
    n = np.bincount(code_A[judged_A], minlength=len(n_answers))
    weight = (n / np.maximum(1, n_answers))[code_A[index]]
    n_wrong = weight[is_wrong].sum()
    found: list[SupportedCut] = []
    for cut in np.unique(np.floor(score_A[index[is_wrong]])):
        flagged = score_A[index] >= cut
        caught = weight[is_wrong & flagged].sum()
        found.append(SupportedCut(float(cut), 2 * caught / (weight[flagged].sum() + n_wrong)))
    return max(found, key=lambda item: item.f1_flagged)
