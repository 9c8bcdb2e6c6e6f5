"""What is asked of a run: every setting, its default, its rule, and its meaning."""

from mild.config.networks import MODELS
from mild.config.sections.data import DataConfig
from mild.config.sections.launch import LaunchConfig
from mild.config.sections.noise import NoiseConfig
from mild.config.sections.selection import MOST_PLANTED, SelectionConfig
from mild.config.sections.training import (
    AugmentationConfig,
    FinalConfig,
    HeadConfig,
    OptimizerConfig,
    RoundConfig,
)
from mild.config.settings import RECORDED, RunConfig, parse

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
