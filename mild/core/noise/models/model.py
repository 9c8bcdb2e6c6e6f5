"""What a noise model is: a name, words for people, what it reads, and how it draws labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import FloatArray

Labels = NDArray[np.int64]
Setting = Literal["class_map", "matrix"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a model may read beside the clean labels."""

    rate: float
    """0 to 1."""
    n_classes: int
    rng: np.random.Generator
    """Seeded from the run's seed."""
    class_map: Mapping[int, int] | None = None
    """Clean label -> given label."""
    data_set: str | None = None
    """Name of the data set, for maps that the field has agreed on."""
    matrix_CC: FloatArray | None = None
    """P(given | clean), rows sum to 1."""
    images_N: NDArray[np.generic] | None = None
    """Shape (N, ...), pixels or features."""


class Drawn(NamedTuple):
    """What a model made of the labels."""

    given_N: Labels
    matrix_CC: FloatArray
    """P(given | clean) asked for; rows sum to 1."""
    rate: float
    """What it was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoiseModel:
    """How labels become wrong on purpose."""

    name: str
    label: str
    """What it does, for a list to choose from: a few words."""
    draw: Callable[[Labels, Asked], Drawn]
    """From clean labels, shape (N,), to given ones."""
    order: int = 50
    """Place among the models."""
    needs: tuple[Setting, ...] = ()
    """Settings it cannot do without."""
    without_rate: str = ""
    """Where it reads no rate, why, to complete "a rate of 0.4"; else empty."""
    rate_label: str = "Requested share"
    """How a form asks for the rate."""
    rate_of: str = "of all labels"
    """What the rate is a share of."""
    reads_images: bool = False
    """Whether it depends on the images; then its matrix is known only once labels are drawn."""

    @property
    def settings(self) -> frozenset[str]:
        """Names of the settings it reads."""
        return frozenset(self.needs) | (frozenset() if self.without_rate else {"rate"})
