"""The head: what learns on features that stay as they are.

Axes: B batch, D features.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from mild.config import HeadConfig

SQUARED_LENGTH = 64.0
"""Of every image's features as the head sees them, whatever their number: it makes the default
learning rate, and the same weight decays, right for every network."""
LEAST_STD = 1e-3


class Standardised(nn.Module):
    """Features with mean 0, each as spread as the others, and those of every image of one length.

    Without the last, images of strong features would be memorized before the others.
    """

    def __init__(self, mean_D: torch.Tensor, std_D: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean_D", mean_D)
        self.register_buffer("std_D", std_D)

    def forward(self, features_BD: torch.Tensor) -> torch.Tensor:
        """Map features (B, D) to (B, D)."""
        spread = (features_BD - self.get_buffer("mean_D")) / self.get_buffer("std_D")
        alike: torch.Tensor = functional.normalize(spread, dim=1) * SQUARED_LENGTH**0.5
        return alike


def standardised_like(features_ND: torch.Tensor) -> Standardised:
    """Standardise by the mean and the spread of these features, (N, D)."""
    values = features_ND.double()
    std_D = values.std(0, correction=0) + LEAST_STD
    return Standardised(values.mean(0).float(), std_D.float())


def new_head(
    features_ND: torch.Tensor, n_classes: int, settings: HeadConfig, seed: int
) -> nn.Module:
    """Make a head that knows nothing yet; `features_ND` are those of the training set."""
    return _head(standardised_like(features_ND), features_ND.shape[1], n_classes, settings, seed)


def empty_head(n_features: int, n_classes: int, settings: HeadConfig) -> nn.Module:
    """Make a head to be filled from a checkpoint."""
    blank = Standardised(torch.zeros(n_features), torch.ones(n_features))
    return _head(blank, n_features, n_classes, settings, seed=0)


def _head(
    first: Standardised, n_features: int, n_classes: int, settings: HeadConfig, seed: int
) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if settings.hidden:
            return nn.Sequential(
                first,
                nn.Linear(n_features, settings.hidden),
                nn.ReLU(),
                nn.Linear(settings.hidden, n_classes),
            )
        last = nn.Linear(n_features, n_classes)
    nn.init.zeros_(last.weight)  # no class is guessed before anything was learned
    nn.init.zeros_(last.bias)
    return nn.Sequential(first, last)
