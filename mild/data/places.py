"""The paths in a config, with ~ understood."""

from __future__ import annotations

from pathlib import Path

from mild.config import DataConfig


def path_of(config: DataConfig) -> Path:
    """The folder or file of the person's own data."""
    return Path(config.path or "").expanduser()


def data_root_of(config: DataConfig) -> Path:
    """The folder of torchvision's data sets."""
    return Path(config.data_root).expanduser()


def labels_path_of(config: DataConfig) -> Path | None:
    """The file of other labels, if one is asked for."""
    return Path(config.labels_path).expanduser() if config.labels_path else None
