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
        n_held_out = min(max(round(fraction * len(members)), 1), len(members) - 1)
        held_out_N[members[:n_held_out]] = True
    return np.flatnonzero(~held_out_N), np.flatnonzero(held_out_N)
