"""When the network is compiled, and that it learns the same."""

from __future__ import annotations

import pytest
import torch

from mild.training.models.architectures.small_cnn import small_cnn
from mild.training.runtime.compile import LONG_RUN_IMAGES, choose_compile


@pytest.mark.parametrize(
    ("asked", "device", "n_images", "compiled"),
    [
        (None, "cpu", 10 * LONG_RUN_IMAGES, False),
        (None, "mps", 10 * LONG_RUN_IMAGES, False),
        (None, "cuda", LONG_RUN_IMAGES - 1, False),
        (None, "cuda", LONG_RUN_IMAGES, True),
        (True, "cpu", 1, True),
        (False, "cuda", 10 * LONG_RUN_IMAGES, False),
    ],
)
def test_it_is_compiled_where_it_pays_or_as_asked(
    asked: bool | None, device: str, n_images: int, compiled: bool
) -> None:
    decided, reason = choose_compile(asked, device, n_images)
    assert decided is compiled
    assert reason


def test_a_compiled_network_keeps_its_names_and_its_answers() -> None:
    """By the compiler's own front alone: the rest needs a C++ compiler and half a minute."""
    images = torch.rand(4, 3, 8, 8)
    network = small_cnn(10, 8).eval()
    names, before = list(network.state_dict()), network(images)
    network.compile(backend="eager")
    assert list(network.state_dict()) == names
    assert torch.allclose(network(images), before)
