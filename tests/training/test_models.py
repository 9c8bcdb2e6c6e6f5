"""Networks by name."""

from __future__ import annotations

import pytest
import torch

from mild.training.models import build_model, small_cnn
from mild.training.seeds import torch_generator, torch_seed

NAMES = ("small-cnn", "resnet18", "resnet34", "resnet50")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", [8, 32])
def test_every_network_maps_small_images_to_logits(name, side):
    network = build_model(name, 5, side, seed=0)
    logits_BC = network(torch.zeros(2, 3, side, side))
    assert logits_BC.shape == (2, 5)
    assert torch.isfinite(logits_BC).all()


def test_large_images_keep_the_stem_that_shrinks_them():
    small, large = (build_model("resnet18", 3, side, seed=0) for side in (64, 96))
    assert small.conv1.kernel_size == (3, 3)
    assert large.conv1.kernel_size == (7, 7)
    assert large.eval()(torch.zeros(1, 3, 96, 96)).shape == (1, 3)


@pytest.mark.parametrize("side", [4, 5, 8, 31, 64])
@pytest.mark.parametrize("other_side", [4, 64])
def test_the_small_network_takes_images_of_any_shape(side, other_side):
    network = small_cnn(7, min(side, other_side)).eval()
    assert network(torch.zeros(1, 3, side, other_side)).shape == (1, 7)


@pytest.mark.parametrize("name", ["small-cnn", "resnet18"])
def test_weights_derive_from_the_seed_alone_and_leave_the_global_one_alone(name):
    def weights(seed: int) -> torch.Tensor:
        network = build_model(name, 3, 8, seed)
        return torch.cat([item.flatten() for item in network.parameters()])

    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = weights(0)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(weights(0), first)
    assert not torch.equal(weights(1), first)


def test_seeds_differ_by_purpose_and_by_the_runs_seed_and_are_the_same_everywhere():
    seeds = {
        torch_seed(seed, purpose) for seed in range(50) for purpose in ("network", "stage 0", "x")
    }
    assert len(seeds) == 150
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert torch_seed(0, "network") == 6324223019014408046
    one, two = (
        torch.rand(3, generator=torch_generator(0, "stage 1", torch.device("cpu")))
        for _ in range(2)
    )
    assert torch.equal(one, two)
