"""The paths in a config, with ~ understood."""

from __future__ import annotations

from pathlib import Path

from mild.access.paths import refusal
from mild.config import DataConfig
from mild.data.remote.address import without_secrets


def path_of(config: DataConfig) -> Path:
    """Return the folder or file of the person's own data."""
    return _place(config.path or "")


def data_root_of(config: DataConfig) -> Path:
    """Return the folder of torchvision's data sets."""
    return _place(config.data_root)


def labels_path_of(config: DataConfig) -> Path | None:
    """Return the file of other labels, if one is asked for."""
    return _place(config.labels_path) if config.labels_path else None


def closed(config: DataConfig) -> list[str]:
    """List a sentence for each place that a person names and that is not open to them."""
    named = (config.path, config.labels_path)
    return [
        without_secrets(why) for place in named if place is not None and (why := refusal(place))
    ]


def _place(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~somebody" without there being somebody of that name
        return Path(text)
