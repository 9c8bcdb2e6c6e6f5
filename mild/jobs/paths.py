"""Paths of a request, made to mean the same wherever its worker stands."""

from __future__ import annotations

from pathlib import Path

from mild.access.paths import is_elsewhere
from mild.config import RunConfig


def with_absolute_paths(config: RunConfig) -> RunConfig:
    """Make paths absolute: they are meant from where the asker stands, not the worker.

    Addresses of buckets and hubs are the same from everywhere.
    """
    data = config.data
    ours: dict[str, object] = {"data_root": _absolute(data.data_root)}
    for name in ("path", "labels_path"):
        if (path := getattr(data, name)) is not None:
            ours[name] = _absolute(path)
    update: dict[str, object] = {"data": data.model_copy(update=ours)}
    if ":" in config.model:
        update["model_folder"] = _absolute(config.model_folder or ".")
    if config.weights is not None:
        update["weights"] = _absolute(config.weights)
    return config.model_copy(update=update)


def _absolute(path: str) -> str:
    if is_elsewhere(path):
        return path.strip()
    return str(Path(path).expanduser().absolute())
