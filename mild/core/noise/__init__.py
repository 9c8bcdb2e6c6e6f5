"""Wrong labels on purpose, with the rate and the transition matrix asked for and reached."""

from mild.core.noise.models import MODELS, NEEDED, NoiseModel
from mild.core.noise.models.class_maps import CIFAR10_MAP
from mild.core.noise.noisy_labels import NoisyLabels, corrupt, transition_matrix

__all__ = [
    "CIFAR10_MAP",
    "MODELS",
    "NEEDED",
    "NoiseModel",
    "NoisyLabels",
    "corrupt",
    "transition_matrix",
]
