"""Give every process of a run but the first a writer that writes nothing."""

from __future__ import annotations

from typing import Any

from mild.store.writer import RunWriter


class NullWriter(RunWriter):
    """Writes nothing, whatever it is told to write: one process writes a run."""

    def __init__(self) -> None:
        pass

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(RunWriter, name):
            return super().__getattribute__(name)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    pass
