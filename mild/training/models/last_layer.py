"""A network's last linear layer: find it, replace it, keep it in float32.

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


def last_linear(network: nn.Module) -> tuple[str, nn.Linear] | None:
    """Find what maps features to classes: its name, '' for the network itself, and the layer."""
    linear = [(name, item) for name, item in network.named_modules() if isinstance(item, nn.Linear)]
    return linear[-1] if linear else None


def replaced(network: nn.Module, name: str, layer: nn.Module) -> nn.Module:
    """Put another layer in the place of the one of that name, and return the network."""
    if not name:
        return layer
    parent, _, own_name = name.rpartition(".")
    setattr(network.get_submodule(parent), own_name, layer)
    return network


def with_float32_logits(network: nn.Module, n_classes: int) -> nn.Module:
    """Replace the last linear layer, if it makes the logits; names in the state stay."""
    found = last_linear(network)
    if found is None or type(found[1]) is not nn.Linear or found[1].out_features != n_classes:
        return network
    return replaced(network, found[0], Float32Linear.sharing(found[1]))
