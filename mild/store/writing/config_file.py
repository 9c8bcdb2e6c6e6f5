"""config.json: written by who makes a run; its worker adds the cuts that people give it."""

from __future__ import annotations

import json
from typing import Any

from mild.config import RunConfig, stored
from mild.config.settings import SCHEMA
from mild.store.files import plain
from mild.store.files.replacing import replace_bytes
from mild.store.folder import RunFolder


def write_config(
    folder: RunFolder, config: RunConfig, branched_from: dict[str, Any] | None = None
) -> None:
    """Write down what is asked of a run, and where it comes from; replaced whole."""
    replace_bytes(folder.config, stored.write(config, branched_from).encode())


def add_cut(folder: RunFolder, number: int, cut: float) -> None:
    """Write down the cut that a person gave to a round, counted from 0: now it is asked for.

    Whoever repeats the run gets the same. All else in the file stays as it is, also what this
    version does not know.
    """
    settings = json.loads(plain.read_text(folder.config))
    selection = settings.setdefault("selection", {})
    cuts = selection.get("cuts") or {}
    if cuts.get(str(number)) != cut:
        selection["cuts"] = cuts | {str(number): cut}
        settings["schema_version"] = max(SCHEMA, settings.get("schema_version", 1))
        replace_bytes(folder.config, (json.dumps(settings, indent=2) + "\n").encode())
