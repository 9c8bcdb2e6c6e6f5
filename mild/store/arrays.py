"""Arrays on disk: rows appended to a .npy file that is valid after every row, and whole .npz files.

Nothing here is ever unpickled.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.errors import RunError

Array = npt.NDArray[Any]


class RowWriter:
    """Appends rows to a two-dimensional .npy file.

    The row is written first, the header that counts it afterwards; numpy leaves room in the header
    for the first axis to grow, so it keeps its length.
    """

    def __init__(self, path: Path, n_columns: int, dtype: npt.DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self._n_columns = n_columns
        self._n_rows = 0
        self._header_length = len(self._header())
        self._file = path.open("w+b")
        self._file.write(self._header())
        self._file.flush()

    def append(self, row_N: Array) -> None:
        """Write one row, shape (n_columns,)."""
        row_N = np.ascontiguousarray(row_N, dtype=self._dtype)
        if row_N.shape != (self._n_columns,):
            raise ValueError(f"row has shape {row_N.shape}, the file has {self._n_columns} columns")
        self._file.seek(self._header_length + self._n_rows * row_N.nbytes)
        self._file.write(row_N.tobytes())
        self._file.flush()
        self._n_rows += 1
        self._file.seek(0)
        self._file.write(self._header())
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

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


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a whole file so that readers see the old one or the new one, never half of one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def save_npy(path: Path, array: Array) -> None:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    replace_bytes(path, buffer.getvalue())


def save_npz(path: Path, arrays: dict[str, Array]) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    replace_bytes(path, buffer.getvalue())


def load_npy(path: Path) -> Array:
    """A .npy file, memory-mapped and read-only.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    try:
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise RunError(_missing(path)) from error
    except Exception as error:  # a damaged header makes its parsers raise errors of their own
        raise RunError(_damaged(path, error)) from error
    return array


def load_npz(path: Path) -> dict[str, Array]:
    """All arrays of an .npz file.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    try:
        # np.load leaves a damaged file open unless it is handed an open one
        with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
            return {name: members[name] for name in members.files}
    except FileNotFoundError as error:
        raise RunError(_missing(path)) from error
    except Exception as error:  # zipfile, zlib and numpy each have their own
        raise RunError(_damaged(path, error)) from error


def _missing(path: Path) -> str:
    return f"{path} is missing; copy it back from a copy of the run, or delete the run."


def _damaged(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{path} is damaged ({reason}); copy it back from a copy of the run, or delete the run."
