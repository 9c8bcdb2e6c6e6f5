"""Keep a network's last layer in float32, whatever format the rest computes in.

Logits of bfloat16 have three digits, so two classes tie often; at 1,000 classes that changes about
one predicted label of a hundred, and with it the status that is recorded.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class Float32Linear(nn.Linear):
    """A linear layer that computes in float32 inside of autocast as well."""

    @classmethod
    def sharing(cls, other: nn.Linear) -> Float32Linear:
        """Make one with the same parameters."""
        layer = cls(1, 1, bias=False, device="meta")  # draws no weights
        layer.in_features, layer.out_features = other.in_features, other.out_features
        layer.weight, layer.bias = other.weight, other.bias
        return layer.train(other.training)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return logits in float32."""
        with torch.autocast(input.device.type, enabled=False):
            return functional.linear(input.float(), self.weight, self.bias)


def with_float32_logits(network: nn.Module, n_classes: int) -> nn.Module:
    """Replace the last linear layer, if it makes the logits; names in the state stay."""
    linear = [
        (name, module) for name, module in network.named_modules() if isinstance(module, nn.Linear)
    ]
    if not linear:
        return network
    name, last = linear[-1]
    if last.out_features != n_classes or type(last) is not nn.Linear:
        return network
    if not name:
        return Float32Linear.sharing(last)
    parent, _, own_name = name.rpartition(".")
    setattr(network.get_submodule(parent), own_name, Float32Linear.sharing(last))
    return network
