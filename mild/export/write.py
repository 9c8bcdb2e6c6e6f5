"""Every format there is, and how a file of it gets onto the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mild.errors import ExportError
from mild.export.formats import cleanlab as cleanlab_file
from mild.export.formats import csv_file, json_file, label_studio
from mild.export.formats import parquet as parquet_file
from mild.export.table import Reviewed
from mild.store.arrays import replace_bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFormat:
    """One file that holds a whole run."""

    title: str
    suffix: str
    mime: str
    write: Callable[[Reviewed], bytes]


FILES: dict[str, FileFormat] = {
    "csv": FileFormat(title="CSV", suffix=".csv", mime="text/csv", write=csv_file.write),
    "parquet": FileFormat(
        title="Parquet", suffix=".parquet", mime="application/vnd.apache.parquet",
        write=parquet_file.write,
    ),
    "json": FileFormat(title="JSON", suffix=".json", mime="application/json",
                       write=json_file.write),
    "cleanlab": FileFormat(
        title="cleanlab", suffix=".cleanlab.csv", mime="text/csv", write=cleanlab_file.write
    ),
    "label-studio": FileFormat(
        title="Label Studio", suffix=".label-studio.json", mime="application/json",
        write=label_studio.write,
    ),
}  # fmt: skip


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
        replace_bytes(path, content)
    except OSError as error:
        raise ExportError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder that exists "
            "and that you can write."
        ) from error
