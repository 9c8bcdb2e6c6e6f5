"""matrix: every instance draws its label from its class's row of a transition matrix."""

import numpy as np

from mild.core.arrays import FloatArray
from mild.core.noise.models.draws import one_per_row
from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel
from mild.errors import NoiseError


def _draw(clean_N: Labels, asked: Asked) -> Drawn:
    matrix_CC = _checked(asked.matrix_CC, asked.n_classes)
    given_N = one_per_row(matrix_CC[clean_N], asked.rng.random(clean_N.size))
    return Drawn(given_N, matrix_CC, _expected_rate(clean_N, matrix_CC))


def _checked(matrix_CC: FloatArray | None, n_classes: int) -> FloatArray:
    if matrix_CC is None:
        raise NoiseError("The noise model 'matrix' needs a transition matrix; give one.")
    shape = np.shape(matrix_CC)
    if shape != (n_classes, n_classes):
        raise NoiseError(
            f"The transition matrix has shape {shape}; with {n_classes} classes it must be "
            f"{n_classes} x {n_classes}, rows being clean labels."
        )
    matrix_CC = np.asarray(matrix_CC, dtype=np.float64)
    off = np.abs(matrix_CC.sum(axis=1) - 1.0)
    if not np.all(matrix_CC >= 0) or not np.all(off < 1e-6):
        raise NoiseError(
            f"Row {int(np.argmax(np.nan_to_num(off, nan=np.inf)))} of the transition matrix is "
            f"not a probability distribution; entries must not be negative and each row must sum "
            f"to 1."
        )
    return matrix_CC


def _expected_rate(clean_N: Labels, matrix_CC: FloatArray) -> float:
    return float(np.mean(1.0 - np.diag(matrix_CC)[clean_N])) if clean_N.size else 0.0


MATRIX = NoiseModel(
    name="matrix",
    label="each class becomes each other one with a probability you set",
    draw=_draw,
    order=70,
    needs=("matrix",),
    without_rate=(
        "is given, but a matrix says itself how many labels become wrong; leave the rate out"
    ),
)
