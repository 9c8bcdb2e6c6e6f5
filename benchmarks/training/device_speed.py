"""What a device can multiply, and what a network asks of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from mild.training.models.initialise import new_network
from mild.training.runtime.context import TrainingContext

PEAK_SIDES = {"cpu": 2_048, "cuda": 8_192}
"""Side of the square matrices whose product tells what a device can multiply."""


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """Time `work` to its end on the device."""
    _wait_for(device)
    began = time.perf_counter()
    work()
    _wait_for(device)
    return time.perf_counter() - began


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def flops_per_image(context: TrainingContext) -> float:
    """Count operations forward and backward, of a network that is not compiled.

    Of one that is, the counter sees too little.
    """
    network, _ = new_network(context, "network")
    n = min(16, len(context.given_N))
    index_B = torch.arange(n, device=context.device)
    (images,) = context.images.batches([index_B])
    network.train()
    with FlopCounterMode(display=False) as counter:
        torch.autograd.backward(functional.cross_entropy(network(images), context.given_N[index_B]))
    return float(counter.get_total_flops()) / n


def peak_flops(device: torch.device, precision: str) -> float:
    """Measure operations per second by products of two square matrices.

    The fastest counts, after a few that do not.
    """
    side = PEAK_SIDES.get(device.type, PEAK_SIDES["cpu"])
    number = getattr(torch, precision)
    one, other = (torch.randn(side, side, device=device, dtype=number) for _ in range(2))
    times = [seconds(lambda: torch.mm(one, other), device) for _ in range(13)]
    return float(2 * side**3 / min(times[3:]))
