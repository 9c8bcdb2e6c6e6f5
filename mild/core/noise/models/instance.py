"""instance: which wrong label, and how likely, depends on the image.

Xia et al., "Part-dependent label noise", NeurIPS 2020, algorithm 2.
"""

import math

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray
from mild.core.noise.models.draws import one_per_row
from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel
from mild.errors import NoiseError

PIXEL_STEPS = 2**8  # normalised pixels are rounded to 1/256
WEIGHT_STEPS = 2**12  # projection weights are rounded to 1/4096
RATE_SPREAD = 0.1  # standard deviation of the per-instance flip rate, Xia et al. 2020
BLOCK = 8192


def _draw(clean_N: Labels, asked: Asked) -> Drawn:
    """Draw labels; the matrix is the mean over each class of the probabilities drawn from."""
    n_classes, rng = asked.n_classes, asked.rng
    images_ND = _checked(asked.images_N, clean_N.size)
    flip_N = _truncated_normal(asked.rate, clean_N.size, rng)
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
            given_N[block] = one_per_row(chance_BC, uniform_N[block])
            total_C += chance_BC.sum(axis=0)
        if members.size:
            matrix_CC[label] = total_C / members.size
    return Drawn(given_N, matrix_CC, asked.rate)


def _checked(images_N: NDArray[np.generic] | None, n: int) -> NDArray[np.generic]:
    if images_N is None or len(images_N) != n:
        found = "none" if images_N is None else str(len(images_N))
        raise NoiseError(
            f"Instance noise depends on the images: {n} are needed, there are {found}. "
            "Pass one image per label."
        )
    return images_N.reshape(n, math.prod(images_N.shape[1:]))


def _chances(projected_BC: FloatArray, label: int, flip_B: FloatArray) -> FloatArray:
    """Return P(given) in one class: softmax over the other classes, times the flip rate."""
    logits_BC = projected_BC / (PIXEL_STEPS * WEIGHT_STEPS)
    logits_BC[:, label] = -np.inf
    with np.errstate(under="ignore"):
        chance_BC = np.exp(logits_BC - logits_BC.max(axis=1, keepdims=True))
        chance_BC *= (flip_B / chance_BC.sum(axis=1))[:, None]
    chance_BC[:, label] = 1.0 - flip_B
    return np.asarray(chance_BC)


def _whole_pixels(images_ND: NDArray[np.generic]) -> FloatArray:
    """Scale pixels to mean 0 and std 1 over the whole set, as whole multiples of 1/256."""
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
    """Draw from a normal around the rate, again until within 0 .. 1; shape (n,)."""
    values_N = rng.normal(rate, RATE_SPREAD, size=n)
    while (outside := np.flatnonzero((values_N < 0.0) | (values_N > 1.0))).size:
        values_N[outside] = rng.normal(rate, RATE_SPREAD, size=outside.size)
    return values_N


INSTANCE = NoiseModel(
    name="instance",
    label="images that look like another class are mislabeled more often",
    draw=_draw,
    order=60,
    reads_images=True,
)
