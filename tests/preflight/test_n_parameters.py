"""The number of parameters that room is asked for is about that of the network."""

from __future__ import annotations

import pytest

from mild.config.networks import NETWORKS

OURS = [name for name, item in NETWORKS.items() if item.published is None]
"""Of those with published weights, torchvision itself tells the number."""


@pytest.mark.parametrize("name", OURS)
def test_a_network_has_about_the_parameters_that_its_row_says(name: str) -> None:
    from mild.training.models.by_name import build_model

    n_there = sum(item.numel() for item in build_model(name, 10, 32, 0).parameters())
    assert 0.85 * n_there <= NETWORKS[name].n_parameters <= 1.15 * n_there
