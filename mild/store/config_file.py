"""config.json: written by who makes a run, and added to by its worker as people decide."""

from __future__ import annotations

from mild.config import RunConfig
from mild.store import arrays
from mild.store.folder import RunFolder


def write_config(folder: RunFolder, config: RunConfig) -> None:
    """Write down what is asked of a run; replaced whole."""
    text = config.model_dump_json(indent=2) + "\n"
    arrays.replace_bytes(folder.config, text.encode())
