"""How each noise model draws its labels: labels in, labels and the matrix asked for out.

Where a count is exact it is floor(rate x n), with the rounding of 0.29 x 100 to 28.999... made
good. The projections of `instance` are sums of whole numbers small enough for double precision
to hold exactly, so the order in which a library adds them cannot change a label.
"""

import math

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray

Labels = NDArray[np.int64]

PIXEL_STEPS = 2**8  # normalised pixels are rounded to 1/256
WEIGHT_STEPS = 2**12  # projection weights are rounded to 1/4096
RATE_SPREAD = 0.1  # standard deviation of the per-instance flip rate, Xia et al. 2020
BLOCK = 8192


def exact_count(rate: float, n: int) -> int:
    """floor(rate x n), exact for rates written in decimals.

    Examples
    --------
    >>> exact_count(0.29, 100)
    29
    """
    return math.floor(rate * n + 1e-9)


def symmetric(
    clean_N: Labels, rate: float, n_classes: int, rng: np.random.Generator, *, exclusive: bool
) -> tuple[Labels, FloatArray]:
    """Exactly floor(rate N) instances get a label uniform over all classes, or all others."""
    chosen = rng.permutation(clean_N.size)[: exact_count(rate, clean_N.size)]
    given_N = clean_N.copy()
    identity_CC = np.eye(n_classes)
    if exclusive:
        step = rng.integers(1, n_classes, size=chosen.size)
        given_N[chosen] = (clean_N[chosen] + step) % n_classes
        other_CC = (1.0 - identity_CC) / (n_classes - 1)
    else:
        given_N[chosen] = rng.integers(0, n_classes, size=chosen.size)
        other_CC = np.full((n_classes, n_classes), 1.0 / n_classes)
    return given_N, (1.0 - rate) * identity_CC + rate * other_CC


def mapped(
    clean_N: Labels,
    class_map: dict[int, int],
    rate: float,
    n_classes: int,
    rng: np.random.Generator,
) -> tuple[Labels, FloatArray]:
    """An exact share of every class in the map gets the label it maps to."""
    given_N = clean_N.copy()
    matrix_CC = np.eye(n_classes)
    for source, target in sorted(class_map.items()):
        members = np.flatnonzero(clean_N == source)
        chosen = rng.permutation(members)[: exact_count(rate, members.size)]
        given_N[chosen] = target
        matrix_CC[source, source] -= rate
        matrix_CC[source, target] += rate
    return given_N, matrix_CC


def from_matrix(clean_N: Labels, matrix_CC: FloatArray, rng: np.random.Generator) -> Labels:
    """Every instance draws its given label from its clean label's row."""
    return _draw(matrix_CC[clean_N], rng.random(clean_N.size))


def instance(
    clean_N: Labels,
    images_ND: NDArray[np.generic],
    rate: float,
    n_classes: int,
    rng: np.random.Generator,
) -> tuple[Labels, FloatArray]:
    """Instance-dependent noise: which wrong label, and how likely, depends on the image.

    The matrix returned is the mean over each class of the probabilities drawn from.

    References
    ----------
    Xia et al., "Part-dependent label noise", NeurIPS 2020, algorithm 2.
    """
    flip_N = _truncated_normal(rate, clean_N.size, rng)
    uniform_N = rng.random(clean_N.size)
    pixels_ND = _whole_pixels(images_ND)
    given_N = clean_N.copy()
    matrix_CC = np.eye(n_classes)
    for label in range(n_classes):
        weights_DC = rng.standard_normal((pixels_ND.shape[1], n_classes))
        weights_DC = np.rint(weights_DC * WEIGHT_STEPS)
        members = np.flatnonzero(clean_N == label)
        total_C = np.zeros(n_classes)
        for start in range(0, members.size, BLOCK):
            block = members[start : start + BLOCK]
            chance_BC = _chances(pixels_ND[block] @ weights_DC, label, flip_N[block])
            given_N[block] = _draw(chance_BC, uniform_N[block])
            total_C += chance_BC.sum(axis=0)
        if members.size:
            matrix_CC[label] = total_C / members.size
    return given_N, matrix_CC


def _chances(projected_BC: FloatArray, label: int, flip_B: FloatArray) -> FloatArray:
    """P(given) of instances of one class: softmax over the other classes, times the flip rate."""
    logits_BC = projected_BC / (PIXEL_STEPS * WEIGHT_STEPS)
    logits_BC[:, label] = -np.inf
    with np.errstate(under="ignore"):
        chance_BC = np.exp(logits_BC - logits_BC.max(axis=1, keepdims=True))
        chance_BC *= (flip_B / chance_BC.sum(axis=1))[:, None]
    chance_BC[:, label] = 1.0 - flip_B
    return np.asarray(chance_BC)


def _whole_pixels(images_ND: NDArray[np.generic]) -> FloatArray:
    """Pixels of mean 0 and deviation 1 over the whole set, as whole multiples of 1/256."""
    pixels_ND = np.asarray(images_ND)
    if not np.issubdtype(pixels_ND.dtype, np.integer):
        pixels_ND = np.rint(pixels_ND.astype(np.float64) * PIXEL_STEPS).astype(np.int64)
    size = max(pixels_ND.size, 1)
    mean = int(pixels_ND.sum(dtype=np.int64)) / size  # sums of whole numbers: exact
    square = int((pixels_ND.astype(np.int64) ** 2).sum()) / size
    deviation = math.sqrt(max(square - mean**2, 0.0)) or 1.0
    whole_ND = np.rint((pixels_ND - mean) / deviation * PIXEL_STEPS)
    return np.asarray(np.clip(whole_ND, -16.0 * PIXEL_STEPS, 16.0 * PIXEL_STEPS))


def _truncated_normal(rate: float, n: int, rng: np.random.Generator) -> FloatArray:
    """Normal around the rate, redrawn until within 0 .. 1; shape (n,)."""
    values_N = rng.normal(rate, RATE_SPREAD, size=n)
    while (outside := np.flatnonzero((values_N < 0.0) | (values_N > 1.0))).size:
        values_N[outside] = rng.normal(rate, RATE_SPREAD, size=outside.size)
    return values_N


def _draw(chance_BC: FloatArray, uniform_B: FloatArray) -> Labels:
    """One label per row by inversion, never one of probability 0."""
    edges_BC = np.cumsum(chance_BC, axis=1)
    scaled_B = uniform_B * edges_BC[:, -1]
    return np.asarray((edges_BC <= scaled_B[:, None]).sum(axis=1), dtype=np.int64)
