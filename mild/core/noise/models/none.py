"""none: the labels as they are."""

import numpy as np

from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel


def _draw(clean_N: Labels, asked: Asked) -> Drawn:
    return Drawn(clean_N.copy(), np.eye(asked.n_classes), 0.0)


NONE = NoiseModel(
    name="none",
    label="the labels as they are",
    draw=_draw,
    order=10,
    without_rate="needs a model of noise, such as 'symmetric'",
)
