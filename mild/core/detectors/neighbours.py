"""neighbours and relation-graph: what the most similar images are called.

Similarity is the cosine of features: of a frozen network, or of the one just trained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import BoolArray, FloatArray
from mild.core.detectors.detector import Detector, Recorded

SHARPNESS = 4.0
"""Power of the cosine: a nearer neighbour says more."""
STEPS = 10
"""Times that the graph is asked again, until labels and trust agree."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """The nearest instances of each, and whether they bear its label."""

    neighbour_NK: np.ndarray
    """By slot."""
    weight_NK: FloatArray
    """How much each counts, not negative."""
    same_NK: BoolArray


def find_neighbours(recorded: Recorded) -> Around | None:
    """Return every instance's neighbours, by the labels trained on; None without any on record."""
    if recorded.neighbour_NK is None or recorded.similarity_NK is None:
        return None
    given_N = np.asarray(recorded.given_N)
    similarity_NK = np.asarray(recorded.similarity_NK, dtype=np.float64)
    return Around(
        neighbour_NK=recorded.neighbour_NK,
        weight_NK=np.maximum(similarity_NK, 0.0) ** SHARPNESS + 1e-9,
        same_NK=given_N[recorded.neighbour_NK] == given_N[:, None],
    )


def vote(found: Around) -> FloatArray:
    """Return the share of neighbours, by weight, that bear an instance's own label, (N,).

    Examples
    --------
    >>> nearest = np.array([[1, 2], [0, 2], [0, 1]])
    >>> same = np.array([[True, False], [True, False], [False, False]])
    >>> vote(Around(neighbour_NK=nearest, weight_NK=np.ones((3, 2)), same_NK=same)).tolist()
    [0.5, 0.5, 0.0]
    """
    return _share(found, np.ones(len(found.same_NK)))


def relation(found: Around) -> FloatArray:
    """Return the same share, a neighbour counting as far as its own label is trusted, (N,).

    Trust and share are worked out from each other in turn, after Kim, Jeong and Song, "Neural
    Relation Graph", NeurIPS 2023, who solve for both on the full graph.
    """
    trust_N = np.ones(len(found.same_NK))
    for _ in range(STEPS):
        trust_N = (trust_N + _share(found, trust_N)) / 2  # by halves, or it may swing for ever
    return trust_N


def _share(found: Around, trust_N: FloatArray) -> FloatArray:
    """Weigh by weight and trust; an instance whose neighbours nobody trusts is half right."""
    counted_NK = found.weight_NK * trust_N[found.neighbour_NK]
    agreeing_N = np.where(found.same_NK, counted_NK, 0.0).sum(axis=1)
    total_N = counted_NK.sum(axis=1)
    known_N = total_N > 0
    return np.where(known_N, agreeing_N / np.where(known_N, total_N, 1.0), 0.5)


NEIGHBOURS = Detector(
    name="neighbours",
    label="how many of the most similar images bear the same label",
    signal=find_neighbours,
    aggregate=vote,
    order=65,
)
RELATION_GRAPH = Detector(
    name="relation-graph",
    label="the same, where a similar image counts as far as its own label is trusted",
    signal=find_neighbours,
    aggregate=relation,
    order=66,
)
