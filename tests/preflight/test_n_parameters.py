"""The number of parameters that room is asked for is at most that of the network."""

from __future__ import annotations

import pytest

from mild.config.networks import MODELS, NETWORKS


@pytest.mark.parametrize("name", [name for name in MODELS if NETWORKS[name].n_parameters])
def test_a_network_has_at_least_the_parameters_that_its_row_says(name: str) -> None:
    from torch import device

    from mild.training.models.by_name import build_model

    with device("meta"):  # sizes without the numbers, which would be gigabytes
        network = build_model(name, 2, 8, 0)
    n_there = sum(item.numel() for item in network.parameters())
    assert 0.9 * n_there <= NETWORKS[name].n_parameters <= n_there
