"""The transition matrix that a request for noise asks for, before any label is drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mild.config import NoiseConfig
from mild.core.noise import MODELS, corrupt


def requested_matrix(
    noise: NoiseConfig, n_classes: int, data_set: str
) -> npt.NDArray[np.float64] | None:
    """Return P(given | clean), shape (C, C); None where it depends on the images.

    Raises
    ------
    NoiseError
        If the noise does not fit the number of classes or the data set.
    """
    if MODELS[noise.model].reads_images:
        return None
    nobody_N = np.empty(0, dtype=np.int64)
    asked = corrupt(
        nobody_N,
        model=noise.model,
        rate=noise.rate,
        n_classes=n_classes,
        rng=np.random.default_rng(0),
        class_map=noise.class_map,
        data_set=data_set,
        matrix_CC=None if noise.matrix is None else np.asarray(noise.matrix),
    )
    return asked.requested_matrix_CC
