"""Do a few pairs of classes hold nearly all that is taken for another class?

Labels wrong at random spread over all pairs. Where classes were mixed up two by two, by a list that
has slipped or by two people who named them differently, nothing is taken for a class but the one
that it was mixed up with. That shows in the sum, even where each class has but thirty instances.
"""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import IntArray

FEW_PAIRS = 1.0
"""Pairs for every class, up to which they are few; where each class has one partner it is a half.
In 28 recordings of 300 or 400 digits with every second class flipped at most 1.0 in 24, and up to
1.4 in four; in the others of ten classes at least 1.7, where more is taken for another class than
can be wrong. After half a round, when some classes are learned better, at least 1.15."""
MANY_CLASSES = 6
"""Of fewer classes there are too few pairs: three to five have .8 to 1.0 by nature."""
LEAST = 12
"""Instances taken for another class; of fewer chance alone makes few pairs."""
MUCH = 0.05
"""Share of all instances from which that matters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MixedPairs:
    """A few pairs of classes that hold nearly all that is taken for another class."""

    pairs: tuple[tuple[int, int], ...]
    """The largest first, each with its lower class first."""
    of_all: float
    """Share of all instances that are taken for another class."""


def mixed_pairs(n_CC: IntArray) -> tuple[MixedPairs, ...]:
    """Look whether few pairs of classes hold what is taken for another class; one finding, or none.

    Classes that are alike by nature do this as well: `MixedPairs.of_all` is to be held against the
    share of labels that can be wrong.

    Parameters
    ----------
    n_CC
        Shape (C, C), instances by given class and by what they were taken for.
    """
    pair_CC = np.triu(n_CC + n_CC.T, 1)
    n_taken = int(pair_CC.sum())
    of_all = n_taken / max(1, int(n_CC.sum()))
    if len(n_CC) < MANY_CLASSES or n_taken < LEAST or of_all <= MUCH:
        return ()
    n_pairs = effective_pairs(pair_CC)
    if n_pairs > FEW_PAIRS * len(n_CC):
        return ()
    largest = np.argsort(-pair_CC, axis=None, kind="stable")[: max(1, round(n_pairs))]
    places = np.stack(np.unravel_index(largest, pair_CC.shape), axis=1)
    pairs = tuple((int(a), int(b)) for a, b in places if pair_CC[a, b])
    return (MixedPairs(pairs=pairs, of_all=of_all),)


def effective_pairs(pair_CC: IntArray) -> float:
    """Count the pairs by how seldom two instances share one (Simpson's index, without its bias).

    `pair_CC` has a count for each pair above the diagonal and 0 elsewhere. Of equally frequent
    pairs it is their number, and infinite where no two instances share a pair.

    Examples
    --------
    >>> round(effective_pairs(np.array([[0, 50, 50], [0, 0, 0], [0, 0, 0]])), 2)
    2.02
    """
    n = int(pair_CC.sum())
    n_shared = int((pair_CC * (pair_CC - 1)).sum())
    return n * (n - 1) / n_shared if n_shared else float("inf")
