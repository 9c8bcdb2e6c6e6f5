"""Are whole classes mixed up? Planted labels cannot imitate that, so it must be said.

Labels that are flipped at random leave every pair of classes alone. A flip of whole classes goes
one way: much of what is called A is taken for B, and nothing like as much of B for A. Two classes
taken for each other are mixed up, or look alike; either way what is wrong between them does not
show.
"""

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.core.dynamics.predictions import taken_for
from mild.core.planted.pairs import MixedPairs, mixed_pairs

ONE_WAY = 0.1
"""Share of a class that is taken for another one, beyond what goes the other way and beyond
`DOUBT`, from which a flip is suspected."""
ONE_WAY_OF_TWO = 0.25
"""The same where there are but two classes, one of which may be the harder one to learn."""
SEVERAL = 0.12
"""Together over all pairs above `COUNTED`, for flips that are spread over up to `FEW_CLASSES`; with
more classes more. On 127 recordings: at least .21 where 20 % of every class or 40 % of half of
the classes are flipped; at most .08 without such flips, but for one of 80 % noise."""
COUNTED = 0.03
FEW_CLASSES = 10
DOUBT = 2.0
"""Standard errors that chance may make up: a class has a few hundred instances."""
MIN_CLASS = 50
"""Smaller classes are not looked at one by one: rare ones are taken for frequent ones by nature."""
BOTH_WAYS = 0.15
"""Share of each of two classes that is taken for the other, beyond `DOUBT`, from which they are
taken for each other. Before the doubt: at most .16 on the recorded panel, where cats and dogs
are hard for a small network; .26 where half of the airplanes lay in the folder of ships."""
MUCH = 0.05
"""Share of all instances from which that matters."""
FIRST_EPOCHS = 4
"""At least so many epochs are counted: in the first ones a network prefers some classes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """A pair of classes that looks flipped one way."""

    given: int
    taken_for: int
    excess: float
    """Share of the class `given` taken for the other, beyond what goes the other way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """Two classes that are taken for each other."""

    given: int
    taken_for: int
    there: float
    """Share of the class `given` taken for the other."""
    back: float
    """Share of the other taken for the class `given`."""
    of_all: float
    """Share of all instances that are of one of the two and taken for the other."""


MixedUp = Flip | Swap | MixedPairs
"""What speaks for classes that are mixed up as a whole."""


def suspected_flips(predictions_EN: IntArray, given_N: IntArray, n_epochs: int) -> tuple[Flip, ...]:
    """Find pairs of classes that look flipped one way, the clearest first; often none.

    Parameters
    ----------
    predictions_EN
        Shape (E, N), predicted labels; instances with a planted label are to be left out.
    given_N
        Shape (N,), given labels.
    n_epochs
        After how many epochs planted labels were told best; what an instance was taken for most
        often until then counts.
    """
    n_CC = _counted(predictions_EN, given_N, n_epochs)
    if n_CC is None:
        return ()
    one_way_CC, doubt_CC = _one_way(n_CC)
    sure_CC = one_way_CC - doubt_CC
    n_classes = len(sure_CC)
    enough = ONE_WAY if n_classes > 2 else ONE_WAY_OF_TWO
    several = SEVERAL * max(1.0, n_classes / FEW_CLASSES)
    spread = sure_CC[sure_CC > COUNTED].sum() > several and n_classes > 2
    lowest = COUNTED if spread else enough
    pairs = np.argwhere(sure_CC > lowest)
    flips = [Flip(given=int(a), taken_for=int(b), excess=float(one_way_CC[a, b])) for a, b in pairs]
    return tuple(sorted(flips, key=lambda flip: -flip.excess))


def taken_for_each_other(
    predictions_EN: IntArray, given_N: IntArray, n_epochs: int
) -> tuple[Swap, ...]:
    """Find pairs of classes that are taken for each other, the largest first; often none.

    Parameters are those of `suspected_flips`. Labels wrong at random do this as well, where there
    are many and few classes: `Swap.of_all` is to be held against the share that can be wrong.
    """
    n_CC = _counted(predictions_EN, given_N, n_epochs)
    if n_CC is None:
        return ()
    n_C = n_CC.sum(axis=1)
    share_CC = n_CC / np.maximum(n_C, 1)[:, None]
    sure_CC = share_CC - DOUBT * np.sqrt(share_CC / np.maximum(n_C, 1)[:, None])
    of_all_CC = (n_CC + n_CC.T) / max(1, n_CC.sum())
    both_CC = (np.minimum(sure_CC, sure_CC.T) > BOTH_WAYS) & (of_all_CC > MUCH)
    swaps = [
        Swap(given=int(a), taken_for=int(b), there=float(share_CC[a, b]),
             back=float(share_CC[b, a]), of_all=float(of_all_CC[a, b]))
        for a, b in np.argwhere(np.triu(both_CC, 1))
        if min(n_C[a], n_C[b]) >= MIN_CLASS
    ]  # fmt: skip
    return tuple(sorted(swaps, key=lambda swap: -swap.of_all))


def search_flips(
    predictions_EN: IntArray,
    given_N: IntArray,
    planted_N: BoolArray,
    n_epochs: int,
    *,
    most: int | None = None,
) -> tuple[MixedUp, ...]:
    """Look for mixed-up classes among the instances whose label was not planted.

    `most`: of more instances than these, evenly spaced ones are looked at. The other parameters are
    those of `suspected_flips`.
    """
    slots = np.flatnonzero(~planted_N)
    if most is not None:
        slots = slots[:: max(1, len(slots) // most)]
    rows = max(n_epochs, FIRST_EPOCHS)
    rows_EN = np.asarray(predictions_EN[:rows])[:, slots]
    asked = (rows_EN, given_N[slots], n_epochs)
    by_pairs = mixed_pairs(taken_for(rows_EN[len(rows_EN) // 2 :], given_N[slots]))
    return (*suspected_flips(*asked), *taken_for_each_other(*asked), *by_pairs)


def _counted(predictions_EN: IntArray, given_N: IntArray, n_epochs: int) -> IntArray | None:
    """Count the instances of each given class by what they were taken for, (C, C); None of none."""
    rows_EN = predictions_EN[: max(n_epochs, FIRST_EPOCHS)]
    return taken_for(rows_EN, np.asarray(given_N)) if rows_EN.size else None


def _one_way(n_CC: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the share of each class taken for each other, less what goes the other way: (C, C).

    And how much of it may be chance, DOUBT standard errors.
    """
    n_C = n_CC.sum(axis=1)
    share_CC = n_CC / np.maximum(n_C, 1)[:, None]
    variance_CC = share_CC / np.maximum(n_C, 1)[:, None]
    one_way_CC = np.maximum(share_CC - share_CC.T, 0.0)
    small_C = n_C < MIN_CLASS
    one_way_CC[small_C] = 0.0
    one_way_CC[:, small_C] = 0.0
    return one_way_CC, DOUBT * np.sqrt(variance_CC + variance_CC.T)
