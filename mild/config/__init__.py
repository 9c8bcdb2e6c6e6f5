"""What is asked of a run: every setting, its default, its rule, and its meaning."""

from mild.config.networks import MODELS
from mild.config.settings import (
    MOST_PLANTED,
    RECORDED,
    AugmentationConfig,
    DataConfig,
    FinalConfig,
    HeadConfig,
    LaunchConfig,
    NoiseConfig,
    OptimizerConfig,
    RoundConfig,
    RunConfig,
    SelectionConfig,
    parse,
)

__all__ = [
    "MODELS",
    "MOST_PLANTED",
    "RECORDED",
    "AugmentationConfig",
    "DataConfig",
    "FinalConfig",
    "HeadConfig",
    "LaunchConfig",
    "NoiseConfig",
    "OptimizerConfig",
    "RoundConfig",
    "RunConfig",
    "SelectionConfig",
    "parse",
]
