"""Planted labels: wrong on purpose, so that what a mislabeled instance looks like is known.

A share of a round's instances is trained with a label that we changed. What the network makes of
them is a sample of what it makes of mislabeled instances.

Legend: N instances of a round by slot, P planted ones, E epochs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, IntArray
from mild.core.dynamics.predictions import NO_OTHER, most_frequent_other_prediction
from mild.words import percent

USUAL_SHARE = 0.03
FEWEST, MOST = 100, 2_000
"""Instances to plant: fewer tell too little, and more tell no more."""
LARGEST_SHARE = 0.1
"""More costs ranking: on 3,000 images, a tenth took .015 to .04 from the AUROC, 3 % nothing."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Planted:
    """Which instances of a round are trained with another label, and which label that is."""

    slot_P: NDArray[np.int64]
    """Shape (P,), slots of the round, rising."""
    label_P: NDArray[np.int64]
    """Shape (P,), the label trained on, never the given one."""

    @staticmethod
    def none() -> Planted:
        """Return the value that says that nothing is planted."""
        return Planted(slot_P=np.empty(0, dtype=np.int64), label_P=np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.slot_P)

    def mask(self, n: int) -> BoolArray:
        """Mark who is planted in a round of n instances, shape (n,)."""
        planted_N = np.zeros(n, dtype=bool)
        planted_N[self.slot_P] = True
        return planted_N

    def trained_on(self, given_N: IntArray) -> NDArray[np.int64]:
        """Put the planted labels into the given ones of the round, shape (N,)."""
        trained_N = np.array(given_N, dtype=np.int64)
        trained_N[self.slot_P] = self.label_P
        return trained_N


def automatic_share(n: int) -> tuple[float, str]:
    """Choose how large a share of n instances to plant, 0 to 0.1, and say why.

    Examples
    --------
    >>> automatic_share(5_000)[0]
    0.03
    >>> automatic_share(500)[0]
    0.1
    """
    n_usual = round(USUAL_SHARE * n)
    n_wanted = min(max(n_usual, FEWEST), MOST)
    n_planted = min(n_wanted, int(LARGEST_SHARE * n))
    if not n_planted:
        return 0.0, f"Nothing: a tenth of {n:,} images, the most that is planted, is less than one."
    share = n_planted / n
    if n_planted < n_wanted:
        why = "a tenth is the most, for more would blur the ranking; more images would tell more."
    elif n_wanted == FEWEST:
        why = f"fewer than {FEWEST} would not tell planted from other labels."
    elif n_wanted == MOST:
        why = f"more than {MOST:,} would tell no more."
    else:
        why = "enough to tell planted from other labels, and too few to cost anything."
    return share, f"{percent(share)} of {n:,} images ({n_planted:,}): {why}"


def plant(
    given_N: IntArray,
    share: float,
    *,
    n_classes: int,
    rng: np.random.Generator,
    avoid_N: BoolArray | None = None,
) -> Planted:
    """Draw instances, the same share of every class, and another label for each.

    Parameters
    ----------
    given_N
        Shape (N,), given labels, 0 .. n_classes - 1.
    share
        Of the instances, 0 to 0.1. Within a class, every other class is as often the new label.
    avoid_N
        Shape (N,), instances that are drawn only where no others of their class are left, such as
        those planted in the round before.

    Raises
    ------
    ValueError
        If the share or a label is out of range, or the masks do not fit.
    """
    _check(given_N, share, n_classes, avoid_N)
    if n_classes < 2 or not share:
        return Planted.none()
    slots: list[NDArray[np.int64]] = []
    labels: list[NDArray[np.int64]] = []
    n_by_class = _shared_out(np.bincount(given_N, minlength=n_classes), share)
    for given, n_planted in enumerate(n_by_class):
        slots.append(_some(np.flatnonzero(given_N == given), int(n_planted), rng, avoid_N))
        others = np.delete(np.arange(n_classes, dtype=np.int64), given)
        labels.append(_balanced(others, int(n_planted), rng))
    slot_P, label_P = np.concatenate(slots), np.concatenate(labels)
    order_P = np.argsort(slot_P)
    return Planted(slot_P=slot_P[order_P], label_P=label_P[order_P])


def taken_for_given(
    predictions_EP: IntArray, planted_label_P: IntArray, given_P: IntArray
) -> tuple[BoolArray, NDArray[np.int64]]:
    """Tell which planted instances a network takes for their given label, which it never saw.

    Parameters
    ----------
    predictions_EP
        Shape (E, P), predicted labels of the round in which they were planted.
    planted_label_P, given_P
        Shape (P,), the label trained on, and the one that was given.

    Returns
    -------
    Shape (P,), True to keep: the prediction that came up most often, other than the planted label,
    is the given one, or there was no other. And shape (P,), that prediction, or -1.

    Examples
    --------
    >>> predictions_EP = np.array([[0, 0, 2], [1, 2, 2], [1, 2, 2]])
    >>> kept_P, taken_for_P = taken_for_given(predictions_EP, np.array([0, 0, 2]), np.ones(3, int))
    >>> kept_P.tolist(), taken_for_P.tolist()
    ([True, False, True], [1, 2, -1])
    """
    taken_for_P = most_frequent_other_prediction(predictions_EP, planted_label_P).label
    return (taken_for_P == given_P) | (taken_for_P == NO_OTHER), taken_for_P


def never_judged(planted_index: Sequence[IntArray]) -> NDArray[np.int64]:
    """Return the instances planted in the last round of which no round has judged the given label.

    Parameters
    ----------
    planted_index
        For each round, by index, the instances planted there. Each that is trained on was kept by
        the round before, or planted there as well.

    Returns
    -------
    Shape (P,), rising indices.
    """
    undecided = np.asarray(planted_index[-1], dtype=np.int64)
    for earlier in planted_index[:-1]:
        undecided = np.intersect1d(undecided, earlier)
    return undecided


def _check(given_N: IntArray, share: float, n_classes: int, avoid_N: BoolArray | None) -> None:
    if not 0 <= share <= LARGEST_SHARE:
        raise ValueError(
            f"the planted share is {share:g}; it must be within 0 .. {LARGEST_SHARE:g}, for more "
            "would blur the ranking"
        )
    if given_N.ndim != 1 or (len(given_N) and not 0 <= given_N.min() <= given_N.max() < n_classes):
        raise ValueError(
            f"given labels must be one whole number within 0 .. {n_classes - 1} per instance"
        )
    if avoid_N is not None and avoid_N.shape != given_N.shape:
        raise ValueError(
            f"the mask of instances to avoid has shape {avoid_N.shape}, but there are "
            f"{len(given_N)} given labels"
        )


def _shared_out(n_C: IntArray, share: float) -> NDArray[np.int64]:
    """Share out the planted among classes, by largest remainder: they come to the share of all."""
    exact_C = share * n_C
    planted_C: NDArray[np.int64] = np.floor(exact_C + 1e-9).astype(np.int64)
    n_missing = round(share * int(n_C.sum())) - int(planted_C.sum())
    largest = np.argsort(planted_C - exact_C, kind="stable")[: max(0, n_missing)]
    planted_C[largest] += 1
    return planted_C


def _some(
    slots: NDArray[np.int64], n: int, rng: np.random.Generator, avoid_N: BoolArray | None
) -> NDArray[np.int64]:
    shuffled: NDArray[np.int64] = rng.permutation(slots)
    if avoid_N is not None:
        shuffled = shuffled[np.argsort(avoid_N[shuffled], kind="stable")]
    return shuffled[:n]


def _balanced(labels: NDArray[np.int64], n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw each label as often as the others, the remainder at random, in any order; shape (n,)."""
    often, n_left = divmod(n, len(labels))
    drawn = np.concatenate([np.tile(labels, often), rng.permutation(labels)[:n_left]])
    rng.shuffle(drawn)
    return drawn
