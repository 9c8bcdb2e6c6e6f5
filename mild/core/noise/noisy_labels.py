"""Wrong labels on purpose, with the rate and the transition matrix asked for and reached.

The same seed gives the same labels on every machine: labels follow from a generator passed in,
counts are exact whole numbers, and the sums that decide a label have no rounding (see
`mild.core.noise.models`). Legend: N instances, C classes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray, IntArray
from mild.core.noise import models as noise_models
from mild.errors import NoiseError

MODELS = (
    "none",
    "symmetric",
    "symmetric-exclusive",
    "asymmetric",
    "pairflip",
    "class-map",
    "instance",
    "matrix",
)
"""Names of the noise models."""

CIFAR10_MAP = {9: 1, 2: 0, 4: 7, 3: 5, 5: 3}
"""Truck to automobile, bird to airplane, deer to horse, cat to dog and back."""


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
    if model == "instance":
        images_ND = _check_images(images_N, clean_N.size)
        given_N, requested_CC = noise_models.instance(clean_N, images_ND, rate, n_classes, rng)
    elif model == "matrix":
        requested_CC = _check_matrix(matrix_CC, n_classes)
        given_N = noise_models.from_matrix(clean_N, requested_CC, rng)
        rate = _expected_rate(clean_N, requested_CC)
    elif model in ("asymmetric", "pairflip", "class-map"):
        mapping = _class_map(model, n_classes, class_map, data_set)
        given_N, requested_CC = noise_models.mapped(clean_N, mapping, rate, n_classes, rng)
    else:
        rate = 0.0 if model == "none" else rate
        given_N, requested_CC = noise_models.symmetric(
            clean_N, rate, n_classes, rng, exclusive=model == "symmetric-exclusive"
        )
    return NoisyLabels(
        given_N=given_N,
        model=model,
        requested_rate=float(rate),
        actual_rate=float(np.mean(given_N != clean_N)) if clean_N.size else 0.0,
        requested_matrix_CC=requested_CC,
        actual_matrix_CC=transition_matrix(clean_N, given_N, n_classes),
    )


def transition_matrix(clean_N: IntArray, given_N: IntArray, n_classes: int) -> FloatArray:
    """Share of each clean label that carries each given label, shape (C, C).

    Examples
    --------
    >>> transition_matrix(np.array([0, 0]), np.array([0, 1]), 2).tolist()
    [[0.5, 0.5], [0.0, 0.0]]
    """
    pair_N = np.asarray(clean_N, dtype=np.int64) * n_classes + given_N
    count_CC = np.bincount(pair_N, minlength=n_classes**2).reshape(n_classes, n_classes)
    return np.asarray(count_CC / np.maximum(count_CC.sum(axis=1, keepdims=True), 1))


def _class_map(
    model: str, n_classes: int, class_map: Mapping[int, int] | None, data_set: str | None
) -> dict[int, int]:
    if model == "pairflip":
        return {label: (label + 1) % n_classes for label in range(n_classes)}
    if class_map is not None:
        outside = [c for pair in class_map.items() for c in pair if not 0 <= c < n_classes]
        if outside:
            raise NoiseError(
                f"The class map names class {outside[0]}; classes run from 0 to {n_classes - 1}. "
                "Correct the map."
            )
        return dict(class_map)
    if model == "class-map":
        raise NoiseError("The noise model 'class-map' needs a class map; give one.")
    if data_set == "cifar10" and n_classes == 10:
        return CIFAR10_MAP
    if data_set == "cifar100" and n_classes == 100:
        return {label: label // 5 * 5 + (label + 1) % 5 for label in range(100)}
    raise NoiseError(
        f"Asymmetric noise needs to know which class turns into which; for data set {data_set!r} "
        f"with {n_classes} classes there is no agreed map. Give a class map or use 'pairflip'."
    )


def _check(clean_N: IntArray, model: str, rate: float, n_classes: int) -> NDArray[np.int64]:
    if model not in MODELS:
        raise NoiseError(f"Noise model {model!r} is unknown; choose one of {', '.join(MODELS)}.")
    if not 0.0 <= rate <= 1.0:
        raise NoiseError(f"The noise rate is {rate}; it must be within 0 and 1.")
    if n_classes < 2:
        raise NoiseError(f"There are {n_classes} classes; wrong labels need at least 2.")
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


def _check_matrix(matrix_CC: FloatArray | None, n_classes: int) -> FloatArray:
    shape = None if matrix_CC is None else np.shape(matrix_CC)
    if matrix_CC is None or shape != (n_classes, n_classes):
        raise NoiseError(
            f"The transition matrix has shape {shape}; with {n_classes} classes it must be "
            f"{n_classes} x {n_classes}, rows being clean labels."
        )
    matrix_CC = np.asarray(matrix_CC, dtype=np.float64)
    off = np.abs(matrix_CC.sum(axis=1) - 1.0)
    if not np.all(matrix_CC >= 0) or not np.all(off < 1e-6):
        raise NoiseError(
            f"Row {int(np.argmax(np.nan_to_num(off, nan=np.inf)))} of the transition matrix is no "
            "probability distribution; entries must not be negative and each row must sum to 1."
        )
    return matrix_CC


def _check_images(images_N: NDArray[np.generic] | None, n: int) -> NDArray[np.generic]:
    if images_N is None or len(images_N) != n:
        found = "none" if images_N is None else str(len(images_N))
        raise NoiseError(
            f"Instance noise depends on the images: {n} are needed, there are {found}. "
            "Pass one image per label."
        )
    return images_N.reshape(n, math.prod(images_N.shape[1:]))


def _expected_rate(clean_N: IntArray, matrix_CC: FloatArray) -> float:
    return float(np.mean(1.0 - np.diag(matrix_CC)[clean_N])) if clean_N.size else 0.0
