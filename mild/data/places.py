"""The paths in a config, with ~ understood."""

from __future__ import annotations

from pathlib import Path

from mild.config import DataConfig


def path_of(config: DataConfig) -> Path:
    """Return the folder or file of the person's own data."""
    return _place(config.path or "")


def data_root_of(config: DataConfig) -> Path:
    """Return the folder of torchvision's data sets."""
    return _place(config.data_root)


def labels_path_of(config: DataConfig) -> Path | None:
    """Return the file of other labels, if one is asked for."""
    return _place(config.labels_path) if config.labels_path else None


def _place(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~somebody" without there being somebody of that name
        return Path(text)
