"""Columns of labels from CSV, Parquet, .npy, .npz or .pt files; nothing in them is executed."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mild.array_files import ArrayFileError, check_stored, read_npy, read_npz
from mild.data.table import PARQUET_SUFFIXES, TEXT_SUFFIXES, Table, read_table
from mild.errors import DataError
from mild.visible import printable

ONLY_COLUMN = "labels"
"""What the column is called where the file has only values."""
ARRAY_SUFFIXES = frozenset({".npy", ".npz"})
TORCH_SUFFIXES = frozenset({".pt", ".pth"})
SUFFIXES = TEXT_SUFFIXES | PARQUET_SUFFIXES | ARRAY_SUFFIXES | TORCH_SUFFIXES


def overlay_problems(path: Path) -> list[str]:
    """Tell whether there is such a file, of a kind that can be read."""
    if not path.is_file():
        return [f"{printable(path)}: there is no such file of labels. Give its path."]
    if path.suffix.lower() not in SUFFIXES:
        return [
            f"{printable(path)}: labels are read from {', '.join(sorted(SUFFIXES))} files only."
        ]
    return []


def read_columns(path: Path) -> Table:
    """Read every column of labels in the file, as text.

    Raises
    ------
    DataError
        If the file is missing, damaged, or holds anything but columns of labels of one length.
    """
    problems = overlay_problems(path)
    if problems:
        raise DataError(" ".join(problems))
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES | PARQUET_SUFFIXES:
        return _with_header(read_table(path))
    table = _text(_load_numpy(path) if suffix in ARRAY_SUFFIXES else _load_torch(path), path)
    if len({len(cells) for cells in table.values()}) > 1:
        raise DataError(f"{printable(path)}: its columns differ in length. Save them again.")
    return table


def _with_header(table: Table) -> Table:
    """Read the rows; a file of numbers alone has no header: its first line is a label, too."""
    if len(table) != 1:
        return table
    ((name, cells),) = table.items()
    return {ONLY_COLUMN: [name, *cells]} if name.isdecimal() else table


def _load_numpy(path: Path) -> Mapping[str, Any]:
    try:
        if zipfile.is_zipfile(path):
            return read_npz(path)
        loaded = read_npy(path)
        names = loaded.dtype.names
        return {name: loaded[name] for name in names} if names else {ONLY_COLUMN: loaded}
    except (OSError, ArrayFileError):
        raise DataError(
            f"{printable(path)}: cannot be read as plain numpy arrays. "
            "Save it without Python objects, or as CSV."
        ) from None


def _load_torch(path: Path) -> Mapping[str, Any]:
    """Load tensors, and numpy arrays as CIFAR-10N has them, by an unpickler that runs no code."""
    try:
        import torch
    except ImportError:
        raise DataError(
            f"{printable(path)}: needs torch, which is not installed. Save the labels as CSV."
        ) from None
    try:
        check_stored(path)
        with torch.serialization.safe_globals(_array_pieces()):
            loaded = torch.load(path, map_location="cpu", weights_only=True)
        columns = loaded if isinstance(loaded, Mapping) else {ONLY_COLUMN: loaded}
        return {str(name): np.asarray(values) for name, values in columns.items()}
    except Exception:  # a damaged file makes zipfile, pickle and torch raise their own
        raise DataError(
            f"{printable(path)}: holds more than tensors, or is damaged, so it was not read. "
            "Save the labels as CSV."
        ) from None


def _array_pieces() -> list[Any]:
    """Return what a pickled numpy array of numbers is built from; none of it runs code."""
    from numpy._core.multiarray import _reconstruct

    kinds = [type(np.dtype(name)) for name in ("int64", "int32", "int16", "uint8", "float64")]
    return [(_reconstruct, "numpy.core.multiarray._reconstruct"), _reconstruct, np.ndarray,
            np.dtype, *kinds]  # fmt: skip


def _text(columns: Mapping[str, Any], path: Path) -> Table:
    table: Table = {}
    for name, values in columns.items():
        array = np.squeeze(np.asarray(values))
        if array.ndim != 1 or array.dtype.kind not in "iufUb":
            raise DataError(
                f"{printable(path)}: '{name}' is {array.dtype} of shape {array.shape}, "
                "but one label per image is needed."
            )
        if array.dtype.kind == "f" and np.array_equal(array, np.floor(array)):
            array = array.astype(np.int64)
        table[name] = [str(value) for value in array.tolist()]
    return table
