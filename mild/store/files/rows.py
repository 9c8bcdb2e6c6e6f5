"""Append rows to a .npy file that is valid after every row."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.errors import RunError
from mild.store.files import plain
from mild.store.files.arrays import Array, damaged, load_npy
from mild.store.files.replacing import replace_file


class RowWriter:
    """Appends rows to a two-dimensional .npy file.

    The row is written first, the header that counts it afterwards; numpy leaves room in the header
    for the first axis to grow, so it keeps its length.
    """

    def __init__(self, path: Path, n_columns: int, dtype: npt.DTypeLike, n_rows: int = 0) -> None:
        """Begin a file, or go on after the first `n_rows` rows of one; later rows are forgotten.

        Raises
        ------
        RunError
            If the file to go on with is missing, damaged, or has fewer rows.
        """
        self._path = path
        self._dtype = np.dtype(dtype)
        self._n_columns = n_columns
        if n_rows:
            _check_rows(path, n_columns, self._dtype, n_rows)
        self._n_rows = n_rows
        self._header_length = len(self._header())
        # Unbuffered: what a full disk refused must not be tried again when the file is closed.
        # Rows to forget stay behind the header's count: a reader may have mapped them.
        _detach_links(path, keep=n_rows > 0)
        self._file = path.open("r+b" if n_rows else "w+b", buffering=0)
        self._write(0, self._header())

    def append(self, row_N: Array) -> None:
        """Write one row, shape (n_columns,)."""
        row_N = np.ascontiguousarray(row_N, dtype=self._dtype)
        if row_N.shape != (self._n_columns,):
            raise ValueError(f"row has shape {row_N.shape}, the file has {self._n_columns} columns")
        self._write(self._header_length + self._n_rows * row_N.nbytes, row_N.tobytes())
        self._n_rows += 1
        self._write(0, self._header())
        os.fsync(self._file.fileno())

    def keep(self) -> None:
        """Put the file back under its name, where somebody has removed or renamed it."""
        try:
            if os.path.samestat(os.fstat(self._file.fileno()), self._path.stat()):
                return
        except FileNotFoundError:
            pass
        self._file.seek(0)
        replace_file(self._path, lambda copy: shutil.copyfileobj(self._file, copy))
        self._file.close()
        self._file = self._path.open("r+b", buffering=0)

    def close(self) -> None:
        """Close the file; rows stay."""
        self._file.close()

    def _write(self, position: int, content: bytes) -> None:
        self._file.seek(position)
        left = memoryview(content)
        while left:  # an unbuffered file may take less than it is given
            left = left[self._file.write(left) :]

    def _header(self) -> bytes:
        buffer = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            buffer,
            {
                "descr": np.lib.format.dtype_to_descr(self._dtype),
                "fortran_order": False,
                "shape": (self._n_rows, self._n_columns),
            },
        )
        return buffer.getvalue()


def _detach_links(path: Path, *, keep: bool) -> None:
    """Leave other names of a file, in branches, as they are, before it is written in place.

    One that is begun anew becomes another file: who has mapped the old one goes on reading that.
    """
    if not keep:
        path.unlink(missing_ok=True)
        return
    plain.check(path)
    if path.stat().st_nlink > 1:
        with path.open("rb") as file:
            replace_file(path, lambda copy: shutil.copyfileobj(file, copy))


def _check_rows(path: Path, n_columns: int, dtype: np.dtype[Any], n_rows: int) -> None:
    found = load_npy(path)
    if found.ndim != 2 or found.shape[1] != n_columns or found.dtype != dtype:
        raise RunError(damaged(path, ValueError(f"it holds {found.dtype} of {found.shape}")))
    if len(found) < n_rows:
        raise RunError(damaged(path, ValueError(f"it holds {len(found)} of {n_rows} epochs")))
