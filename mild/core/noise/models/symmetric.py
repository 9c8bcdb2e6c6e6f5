"""symmetric and symmetric-exclusive: labels drawn anew, each class as likely as every other."""

import numpy as np

from mild.core.noise.models.draws import exact_count
from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel


def _from_all(clean_N: Labels, asked: Asked) -> Drawn:
    """Give exactly floor(rate N) instances a label drawn from all classes."""
    chosen = _chosen(clean_N, asked)
    given_N = clean_N.copy()
    given_N[chosen] = asked.rng.integers(0, asked.n_classes, size=chosen.size)
    other_CC = np.full((asked.n_classes, asked.n_classes), 1.0 / asked.n_classes)
    return Drawn(given_N, _mixed(asked.rate, other_CC), asked.rate)


def _from_others(clean_N: Labels, asked: Asked) -> Drawn:
    """Give exactly floor(rate N) instances a label drawn from all other classes."""
    chosen = _chosen(clean_N, asked)
    given_N = clean_N.copy()
    step = asked.rng.integers(1, asked.n_classes, size=chosen.size)
    given_N[chosen] = (clean_N[chosen] + step) % asked.n_classes
    other_CC = (1.0 - np.eye(asked.n_classes)) / (asked.n_classes - 1)
    return Drawn(given_N, _mixed(asked.rate, other_CC), asked.rate)


def _chosen(clean_N: Labels, asked: Asked) -> Labels:
    return asked.rng.permutation(clean_N.size)[: exact_count(asked.rate, clean_N.size)]


def _mixed(rate: float, other_CC: np.ndarray) -> np.ndarray:
    return (1.0 - rate) * np.eye(len(other_CC)) + rate * other_CC


SYMMETRIC = NoiseModel(
    name="symmetric",
    label="drawn anew from all classes, the true one included",
    draw=_from_all,
    order=20,
)
EXCLUSIVE = NoiseModel(
    name="symmetric-exclusive",
    label="drawn anew from the other classes",
    draw=_from_others,
    order=25,
)
