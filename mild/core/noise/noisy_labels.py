"""Wrong labels on purpose, with the rate and the transition matrix asked for and reached.

The same seed gives the same labels on every machine: labels follow from a generator passed in,
counts are exact whole numbers, and the sums that decide a label have no rounding (see
`mild.core.noise.models`). Legend: N instances, C classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray, IntArray
from mild.core.noise.models import MODELS, Asked
from mild.errors import NoiseError


@dataclass(frozen=True, kw_only=True, slots=True)
class NoisyLabels:
    """Given labels and what became of the wish."""

    given_N: NDArray[np.int64]
    model: str
    requested_rate: float
    actual_rate: float
    """Share of the instances whose given label differs from the clean one."""
    requested_matrix_CC: FloatArray
    """P(given | clean) asked for; rows are clean labels and sum to 1."""
    actual_matrix_CC: FloatArray
    """Shares reached; the row of a class without instances is 0."""


def corrupt(
    clean_N: IntArray,
    *,
    model: str,
    rate: float,
    n_classes: int,
    rng: np.random.Generator,
    class_map: Mapping[int, int] | None = None,
    data_set: str | None = None,
    matrix_CC: FloatArray | None = None,
    images_N: NDArray[np.generic] | None = None,
) -> NoisyLabels:
    """Replace labels by a noise model.

    Parameters
    ----------
    clean_N
        Shape (N,), labels 0 .. n_classes - 1.
    model
        One of MODELS.
    rate
        0 to 1; what it is a share of depends on the model (`symmetric`: instances drawn anew,
        true label included; `asymmetric`, `class-map`: of every class in the map). Not read by
        `matrix`.
    rng
        Seeded from the run's seed.
    class_map, data_set
        For `class-map` and `asymmetric`: clean label -> given label; for the latter, 'cifar10' or
        'cifar100' stand for the field's maps.
    matrix_CC
        For `matrix`: shape (C, C), rows sum to 1.
    images_N
        For `instance`: shape (N, ...), pixels or features.

    Raises
    ------
    NoiseError
        If the model is unknown or what it needs is missing or out of range.

    Examples
    --------
    >>> noisy = corrupt(np.zeros(10, int), model="symmetric-exclusive", rate=0.3, n_classes=2,
    ...                 rng=np.random.default_rng(0))
    >>> noisy.actual_rate
    0.3
    """
    clean_N = _check(clean_N, model, rate, n_classes)
    drawn = MODELS[model].draw(
        clean_N,
        Asked(
            rate=rate,
            n_classes=n_classes,
            rng=rng,
            class_map=class_map,
            data_set=data_set,
            matrix_CC=matrix_CC,
            images_N=images_N,
        ),
    )
    return NoisyLabels(
        given_N=drawn.given_N,
        model=model,
        requested_rate=float(drawn.rate),
        actual_rate=float(np.mean(drawn.given_N != clean_N)) if clean_N.size else 0.0,
        requested_matrix_CC=drawn.matrix_CC,
        actual_matrix_CC=transition_matrix(clean_N, drawn.given_N, n_classes),
    )


def transition_matrix(clean_N: IntArray, given_N: IntArray, n_classes: int) -> FloatArray:
    """Return the share of each clean label that carries each given label, shape (C, C).

    Examples
    --------
    >>> transition_matrix(np.array([0, 0]), np.array([0, 1]), 2).tolist()
    [[0.5, 0.5], [0.0, 0.0]]
    """
    pair_N = np.asarray(clean_N, dtype=np.int64) * n_classes + given_N
    count_CC = np.bincount(pair_N, minlength=n_classes**2).reshape(n_classes, n_classes)
    return np.asarray(count_CC / np.maximum(count_CC.sum(axis=1, keepdims=True), 1))


def _check(clean_N: IntArray, model: str, rate: float, n_classes: int) -> NDArray[np.int64]:
    if model not in MODELS:
        raise NoiseError(f"Noise model {model!r} is unknown; choose one of {', '.join(MODELS)}.")
    if not 0.0 <= rate <= 1.0:
        raise NoiseError(f"The noise rate is {rate}; it must be within 0 and 1.")
    if n_classes < 2:
        there = "is 1 class" if n_classes == 1 else f"are {n_classes} classes"
        raise NoiseError(f"There {there}; wrong labels need at least 2.")
    labels_N = np.asarray(clean_N)
    if labels_N.ndim != 1 or not np.issubdtype(labels_N.dtype, np.integer):
        raise NoiseError(
            f"Labels are {labels_N.dtype} of shape {labels_N.shape}; they must be whole numbers, "
            "one per instance. Encode class names as 0, 1, 2, ..."
        )
    if labels_N.size and not (labels_N.min() >= 0 and labels_N.max() < n_classes):
        raise NoiseError(
            f"Labels run from {labels_N.min()} to {labels_N.max()}; with {n_classes} classes they "
            f"must be within 0 .. {n_classes - 1}. Correct the number of classes or the labels."
        )
    return labels_N.astype(np.int64)
