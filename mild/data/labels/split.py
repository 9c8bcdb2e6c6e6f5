"""Which instances are held out: the same share of every class, the same on every machine."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SPLIT_PURPOSE = 0x5B117
"""Keeps the split's draws apart from the run's other draws from the same seed."""


def hold_out(
    labels_N: npt.NDArray[np.int64], fraction: float, *, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Split positions into a training and a held-out part, class by class.

    Parameters
    ----------
    labels_N
        Shape (N,), labels from 0.
    fraction
        Share of each class to hold out, rounded to whole instances; a class of two or more
        instances gives at least one and keeps at least one, a single instance is trained on.
        0 holds nothing out.

    Returns
    -------
    Two sorted arrays of positions: to train on, held out.
    """
    generator = np.random.default_rng([seed, SPLIT_PURPOSE])
    held_out_N = np.zeros(len(labels_N), dtype=bool)
    for label in np.unique(labels_N) if fraction else ():
        members = generator.permutation(np.flatnonzero(labels_N == label))
        held_out_N[members[: n_held_out(len(members), fraction)]] = True
    return np.flatnonzero(~held_out_N), np.flatnonzero(held_out_N)


def n_held_out(n: int, fraction: float) -> int:
    """Count how many of a class of `n` instances are held out, by the rule of `hold_out`.

    Examples
    --------
    >>> n_held_out(10, 0.2), n_held_out(3, 0.01), n_held_out(1, 0.5), n_held_out(10, 0.0)
    (2, 1, 0, 0)
    """
    return min(max(round(fraction * n), 1), n - 1) if fraction and n else 0
