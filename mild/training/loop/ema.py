"""The exponential moving average (EMA) of a network's weights, which predicts while it learns.

It forgets slowly, so it is better than the network of any one step; in the beginning it has to
forget fast, or the weights that training began with would be in it for long. After `n` steps it
keeps min(decay, (1 + n) / (10 + n)) of itself.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def with_ema(network: nn.Module, optimizer: torch.optim.Optimizer, decay: float) -> AveragedModel:
    """Make a moving average of `network`, brought up to date by every step of `optimizer`.

    The running statistics of batch normalisation are averaged like the weights that they belong to.
    """
    average = AveragedModel(network, use_buffers=True)

    def after_step(*_: object) -> None:
        n_steps = int(average.n_averaged)  # lies on the CPU: no waiting for a GPU
        share = decay_at(n_steps, decay)
        average.multi_avg_fn = get_ema_multi_avg_fn(share)  # type: ignore[no-untyped-call]
        average.update_parameters(network)

    optimizer.register_step_post_hook(after_step)
    return average


def decay_at(n_steps: int, decay: float) -> float:
    """Return how much of itself the average keeps in the step that follows `n_steps` others."""
    return min(decay, (1 + n_steps) / (10 + n_steps))
