"""asymmetric, pairflip and class-map: an exact share of each class is taken for another one."""

from collections.abc import Mapping

import numpy as np

from mild.core.noise.models.draws import exact_count
from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel
from mild.errors import NoiseError

CIFAR10_MAP = {9: 1, 2: 0, 4: 7, 3: 5, 5: 3}
"""Truck to automobile, bird to airplane, deer to horse, cat to dog and back."""


def _asymmetric(clean_N: Labels, asked: Asked) -> Drawn:
    """Draw by a map of one's own, else by the field's map for the data set."""
    n_classes, data_set = asked.n_classes, asked.data_set
    if asked.class_map is not None:
        return _mapped(clean_N, _checked(asked.class_map, n_classes), asked)
    if data_set == "cifar10" and n_classes == 10:
        return _mapped(clean_N, CIFAR10_MAP, asked)
    if data_set == "cifar100" and n_classes == 100:
        blocks = {label: label // 5 * 5 + (label + 1) % 5 for label in range(100)}
        return _mapped(clean_N, blocks, asked)
    named = "" if data_set is None else f"data set {data_set!r} with "
    raise NoiseError(
        f"Asymmetric noise needs to know which class turns into which; for {named}{n_classes} "
        "classes there is no agreed map. Give a class map or use 'pairflip'."
    )


def _pairflip(clean_N: Labels, asked: Asked) -> Drawn:
    around = {label: (label + 1) % asked.n_classes for label in range(asked.n_classes)}
    return _mapped(clean_N, around, asked)


def _by_class_map(clean_N: Labels, asked: Asked) -> Drawn:
    if asked.class_map is None:
        raise NoiseError("The noise model 'class-map' needs a class map; give one.")
    return _mapped(clean_N, _checked(asked.class_map, asked.n_classes), asked)


def _mapped(clean_N: Labels, class_map: Mapping[int, int], asked: Asked) -> Drawn:
    """Give an exact share of every class in the map the label that it maps to."""
    given_N = clean_N.copy()
    matrix_CC = np.eye(asked.n_classes)
    for source, target in sorted(class_map.items()):
        members = np.flatnonzero(clean_N == source)
        chosen = asked.rng.permutation(members)[: exact_count(asked.rate, members.size)]
        given_N[chosen] = target
        matrix_CC[source, source] -= asked.rate
        matrix_CC[source, target] += asked.rate
    return Drawn(given_N, matrix_CC, asked.rate)


def _checked(class_map: Mapping[int, int], n_classes: int) -> Mapping[int, int]:
    outside = [c for pair in class_map.items() for c in pair if not 0 <= c < n_classes]
    if outside:
        raise NoiseError(
            f"The class map names class {outside[0]}; classes run from 0 to {n_classes - 1}. "
            "Correct the map."
        )
    return class_map


ASYMMETRIC = NoiseModel(
    name="asymmetric",
    label="classes that look alike are confused (CIFAR only)",
    draw=_asymmetric,
    order=30,
    rate_of="of the classes that are confused",
)
PAIRFLIP = NoiseModel(
    name="pairflip", label="each class is mislabeled as the next one", draw=_pairflip, order=35
)
CLASS_MAP = NoiseModel(
    name="class-map",
    label="the classes you name are mislabeled as others you name",
    draw=_by_class_map,
    order=40,
    needs=("class_map",),
    rate_label="Share of each of these classes",
    rate_of="of the classes that are confused",
)
