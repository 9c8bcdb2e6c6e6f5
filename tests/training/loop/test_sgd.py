"""Our optimizer steps as PyTorch's does, to the bit, and asks for no compiler."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch

from mild.training.loop.sgd import SGD

SETTINGS: dict[str, Any] = {
    "lr": 0.1,
    "momentum": 0.9,
    "weight_decay": 1e-3,
    "nesterov": True,
    "fused": True,
}


def _weights_after_steps(kind: type[torch.optim.SGD]) -> list[torch.Tensor]:
    """Three steps, a break as between two processes, and three more."""
    network, images = torch.nn.Linear(7, 3), torch.linspace(-1, 1, 140).sin().view(20, 7)
    for item in network.parameters():  # drawn from a seed, they would ask for the compiler
        torch.nn.init.constant_(item, 0.3)
    optimizer = kind(network.parameters(), **SETTINGS)
    for number in range(6):
        if number == 3:
            saved = optimizer.state_dict()
            optimizer = kind(network.parameters(), **SETTINGS)
            optimizer.load_state_dict(saved)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6)
        optimizer.zero_grad()
        network(images).square().mean().backward()
        optimizer.step()
        schedule.step()
    return [item.detach() for item in network.parameters()]


def test_its_steps_are_those_of_pytorch() -> None:
    for ours, theirs in zip(
        _weights_after_steps(SGD), _weights_after_steps(torch.optim.SGD), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_it_asks_for_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch._dynamo", None)  # importing it is an error
    assert len(_weights_after_steps(SGD)) == 2
