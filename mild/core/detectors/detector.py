"""What a detector is: a signal of what a run recorded, and what is made of it per instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray, IntArray, PackedArray
from mild.core.dynamics import LearningDynamics, summarize

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What one round recorded; None where it did not."""

    packed_EK: PackedArray
    """Shape (E, ceil(N / 8)), packed status."""
    given_N: IntArray
    """Shape (N,), labels trained on."""
    losses_EN: NDArray[np.floating] | None = None
    """Shape (E, N), cross entropy of the given label; may be a memory map."""
    margins_EN: NDArray[np.floating] | None = None
    """Shape (E, N), given label's logit minus the largest other; may be a memory map."""
    probabilities_NC: NDArray[np.floating] | None = None
    """Shape (N, C), of the network that was trained on these labels ("in-sample")."""
    neighbour_NK: NDArray[np.integer] | None = None
    """Shape (N, K), the instances most similar to each, the nearest first."""
    similarity_NK: NDArray[np.floating] | None = None
    """Shape (N, K), their cosine by the network's features."""

    @cached_property
    def dynamics(self) -> LearningDynamics:
        """The dynamics of every instance."""
        return summarize(self.packed_EK, len(self.given_N))


@dataclass(frozen=True, kw_only=True, slots=True)
class Detector(Generic[T]):
    """One row of the table of detectors: a signal, aggregated to a score per instance."""

    name: str
    label: str
    """What it looks at, in words for people."""
    signal: Callable[[Recorded], T | None]
    """What it reads; None where that was not recorded."""
    aggregate: Callable[[T], FloatArray]
    """To a score, shape (N,); **lower means more likely wrong**."""
    order: int = 90
    """Place among the detectors."""

    def score(self, recorded: Recorded) -> FloatArray | None:
        """Score instances, (N,), lower is more likely wrong; None where nothing was recorded."""
        found = self.signal(recorded)
        return None if found is None else self.aggregate(found)
