"""The paths in a config, with ~ understood."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from mild.access.paths import refusal
from mild.config import DataConfig
from mild.data.remote.address import without_secrets

QUOTES = ('"', "'")
"""What a path stands in when it was copied from a file manager or a terminal."""


def typed_path(text: str) -> str:
    """Return the path that a person typed or pasted, without what a file manager puts around it.

    Examples
    --------
    >>> typed_path(' "/home/me/my pictures" ')
    '/home/me/my pictures'
    >>> typed_path("file:///home/me/my%20pictures")
    '/home/me/my pictures'
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in QUOTES:
        text = text[1:-1]
    return unquote(urlsplit(text).path) if text.startswith("file:///") else text


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
