"""How a file gets onto the disk, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from mild.errors import ExportError
from mild.export.folders.leftovers import sweep_beside
from mild.store.files.replacing import replace_bytes


def write_file(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write the whole file or nothing.

    Raises
    ------
    ExportError
        If something is there already and `overwrite` was not asked for, or it cannot be written.
    """
    if path.is_dir():
        raise ExportError(f"{path} is a folder; give the name of a file in it.")
    if path.exists() and not overwrite:
        raise ExportError(
            f"{path} exists already, and may hold decisions; "
            "give another name, or --overwrite to replace it."
        )
    try:
        sweep_beside(path)
        replace_bytes(path, content)
    except OSError as error:
        raise ExportError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder that exists "
            "and that you can write."
        ) from error
