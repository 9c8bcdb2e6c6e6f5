"""Wrong labels on purpose, with the rate and the transition matrix asked for and reached."""

from mild.core.noise.noisy_labels import (
    CIFAR10_MAP,
    MODELS,
    NoisyLabels,
    corrupt,
    transition_matrix,
)

__all__ = ["CIFAR10_MAP", "MODELS", "NoisyLabels", "corrupt", "transition_matrix"]
