"""Draws that noise models share: exact counts, and one label per row of probabilities."""

import math

import numpy as np

from mild.core.arrays import FloatArray
from mild.core.noise.models.model import Labels


def exact_count(rate: float, n: int) -> int:
    """Return floor(rate x n), exact for rates written in decimals.

    Examples
    --------
    >>> exact_count(0.29, 100)
    29
    """
    return math.floor(rate * n + 1e-9)


def one_per_row(chance_BC: FloatArray, uniform_B: FloatArray) -> Labels:
    """Draw one label per row by inversion, never one of probability 0."""
    edges_BC = np.cumsum(chance_BC, axis=1)
    scaled_B = uniform_B * edges_BC[:, -1]
    return np.asarray((edges_BC <= scaled_B[:, None]).sum(axis=1), dtype=np.int64)
