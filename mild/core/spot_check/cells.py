"""Draw a sample within strata, and count its answers by cell.

Legend: A instances of the training set by index, S samples drawn, C cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, IntArray

NOT_JUDGED, KEPT, FLAGGED = 0, 1, 2
"""Strata of a sample."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """Answers, counted. Every array has shape (C,)."""

    stratum: IntArray
    """Cells drawn from the same strata share a number."""
    kept: BoolArray
    """The present side: kept, or flagged."""
    n: IntArray
    """Instances in the cell, at least 1."""
    n_checked: IntArray
    """Of those, the ones with an answer, right or wrong."""
    n_wrong: IntArray
    """Of those, the ones whose given label is wrong."""


def draw_sample(
    flagged_A: BoolArray, kept_A: BoolArray, n: int, rng: np.random.Generator
) -> IntArray:
    """Draw instances to check, half of them flagged, half kept, in random order.

    Where a stratum has fewer than its half, all of it is drawn and the other one makes up for it.

    Parameters
    ----------
    flagged_A, kept_A
        Shape (A,): who may be drawn from each stratum; nobody is in both.

    Returns
    -------
    Indices, at most `n`.
    """
    flagged, kept = np.flatnonzero(flagged_A), np.flatnonzero(kept_A)
    n_flagged = min(n - min(n // 2, len(kept)), len(flagged))
    n_kept = min(n - n_flagged, len(kept))
    drawn = np.concatenate(
        [
            rng.choice(flagged, n_flagged, replace=False),
            rng.choice(kept, n_kept, replace=False),
        ]
    )
    return np.asarray(rng.permutation(drawn), dtype=np.int64)


def gather_cells(
    strata_SA: Sequence[IntArray], kept_A: BoolArray, flagged_A: BoolArray, wrong: dict[int, bool]
) -> Cells:
    """Count answers by cell.

    Parameters
    ----------
    strata_SA
        Per sample, shape (A,): the stratum of each instance when it was drawn.
    kept_A, flagged_A
        Shape (A,): the present sides; who is on neither has no part in it.
    wrong
        Instance -> whether its given label is wrong.
    """
    judged_A = kept_A | flagged_A
    side_A = 2 * crossed(strata_SA, len(kept_A)) + kept_A
    size = int(side_A.max(initial=0)) + 1
    index, is_wrong = answered(wrong, judged_A)
    n = np.bincount(side_A[judged_A], minlength=size)
    there = np.flatnonzero(n)
    return Cells(
        stratum=there // 2,
        kept=there % 2 == 1,
        n=n[there],
        n_checked=np.bincount(side_A[index], minlength=size)[there],
        n_wrong=np.bincount(side_A[index[is_wrong]], minlength=size)[there],
    )


def crossed(strata_SA: Sequence[IntArray], n: int) -> IntArray:
    """Number the combinations of strata, shape (A,)."""
    code_A = np.zeros(n, dtype=np.int64)
    for strata_A in strata_SA:
        code_A = 3 * code_A + strata_A
        there = np.bincount(code_A) > 0  # renumbered, or many samples would overflow it
        code_A = (np.cumsum(there) - 1)[code_A]
    return code_A


def answered(wrong: dict[int, bool], judged_A: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return who has an answer and is judged, shape (A,), and whether their labels are wrong."""
    index = np.array([i for i in wrong if i < len(judged_A) and judged_A[i]], dtype=np.int64)
    return index, np.array([wrong[int(i)] for i in index], dtype=bool)
