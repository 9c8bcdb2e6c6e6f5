"""Batch normalisation over the whole of a batch that several processes share.

Without it each process would normalise by its own share, and two processes would train another
network than one does. On a GPU it is PyTorch's own; that has no version for processors, so this
file has one.

Axes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import distributed, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


def with_sync_batchnorm(network: nn.Module, device: torch.device) -> nn.Module:
    """Replace every batch normalisation of a network; names in its state stay."""
    if device.type == "cuda":
        converted: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
        return converted
    for name, module in network.named_children():
        setattr(network, name, with_sync_batchnorm(module, device))
    if isinstance(network, _BatchNorm) and not isinstance(network, SyncBatchNorm):
        return SyncBatchNorm.like(network)
    return network


class SyncBatchNorm(_BatchNorm):
    """Normalises (B, C) or (B, C, H, W) by mean and variance over the shares of all processes."""

    @classmethod
    def like(cls, other: _BatchNorm) -> SyncBatchNorm:
        """Copy settings, parameters and statistics."""
        norm = cls(
            other.num_features,
            other.eps,
            other.momentum,
            affine=other.affine,
            track_running_stats=other.track_running_stats,
        )
        norm.load_state_dict(other.state_dict())
        return norm.train(other.training)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Normalise by all processes' batches; in evaluation, by the running statistics."""
        if not self.training and self.running_mean is not None:
            return functional.batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        axes = [axis for axis in range(input.dim()) if axis != 1]
        count = torch.full_like(input[0, :1].flatten()[:1], input.numel() / input.shape[1])
        n = _Total.apply(count)
        mean_C = _Total.apply(input.sum(axes)) / n
        shape = [1, -1, *[1] * (input.dim() - 2)]
        centred = input - mean_C.view(shape)
        variance_C = _Total.apply(centred.square().sum(axes)) / n
        self._remember(mean_C.detach(), variance_C.detach(), float(n))
        scaled: torch.Tensor = centred * (variance_C + self.eps).rsqrt().view(shape)
        if self.weight is None:
            return scaled
        return scaled * self.weight.view(shape) + self.bias.view(shape)

    def _check_input_dim(self, input: torch.Tensor) -> None:
        """Accept any number of axes."""

    @torch.no_grad()
    def _remember(self, mean_C: torch.Tensor, variance_C: torch.Tensor, n: float) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        share = self.momentum
        if share is None:  # the plain average of all batches
            share = 1 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean_C, share)
        self.running_var.lerp_(variance_C * (n / max(1.0, n - 1)), share)


class _Total(torch.autograd.Function):
    """The sum over the processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, value: torch.Tensor) -> torch.Tensor:
        total = value.clone().contiguous()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        total = gradients[0].clone().contiguous()
        distributed.all_reduce(total)
        return total
