"""The head's weight decay is chosen by planted labels alone."""

from __future__ import annotations

import numpy as np

from mild.training.features.regularise import TRIED, USUAL, nearest_of_the_best


def test_a_weight_decay_that_is_clearly_worse_is_not_taken() -> None:
    rng = np.random.default_rng(0)
    base_P = rng.uniform(0.6, 1.0, 100)
    places = {decay: base_P - 0.1 * (decay < 0.1) for decay in TRIED}
    assert nearest_of_the_best(places) == 0.15


def test_where_chance_alone_tells_them_apart_the_usual_one_is_taken() -> None:
    rng = np.random.default_rng(0)
    base_P = rng.uniform(0.6, 1.0, 100)
    places = {decay: base_P + rng.normal(0, 0.05, 100) * (decay != USUAL) for decay in TRIED}
    places[0.5] = base_P + 0.001 * rng.choice([-1, 1], 100)
    assert nearest_of_the_best(places) in (USUAL, 0.015, 0.15)
