"""The number of parameters that room is asked for is at most that of the network."""

from __future__ import annotations

import pytest

from mild.config.networks import NETWORKS


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_has_at_least_the_parameters_that_its_row_says(name: str) -> None:
    from mild.training.models.by_name import build_model

    n_there = sum(item.numel() for item in build_model(name, 2, 8, 0).parameters())
    assert 0.9 * n_there <= NETWORKS[name].n_parameters <= n_there
