"""Arrays on disk: rows appended to a .npy file that is valid after every row, and whole .npz files.

Nothing here is ever unpickled.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.errors import RunError

Array = npt.NDArray[Any]

TEMPORARY = ".tmp"
"""How files end that were not whole yet when their writer was killed."""


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
        self._dtype = np.dtype(dtype)
        self._n_columns = n_columns
        if n_rows:
            _check_rows(path, n_columns, self._dtype, n_rows)
        self._n_rows = n_rows
        self._header_length = len(self._header())
        # Unbuffered: what a full disk refused must not be tried again when the file is closed.
        # Rows to forget stay behind the header's count: a reader may have mapped them.
        _make_ours(path, keep=n_rows > 0)
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


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a whole file so that readers see the old one or the new one, never half of one."""
    replace_file(path, lambda file: file.write(content))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """As `replace_bytes`, for content that `write` puts into the open file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)  # on a full disk, its room is needed
        raise
    sync_folder(path.parent)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a second name of a file that is never written in place, or a copy of it."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}{TEMPORARY}")
    temporary.unlink(missing_ok=True)
    try:
        try:
            os.link(source, temporary)
        except OSError:  # no hard links on this file system
            shutil.copyfile(source, temporary)
        temporary.replace(target)
    finally:
        # Between two names of one file, a rename does nothing.
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save_npy(path: Path, array: Array) -> None:
    """Replace a .npy file whole: readers see the old array or the new one."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    replace_bytes(path, buffer.getvalue())


def save_npy_in_chunks(
    path: Path, shape: tuple[int, ...], dtype: npt.DTypeLike, chunks: Iterable[Array]
) -> None:
    """As `save_npy`, for an array that is never in memory as a whole.

    `chunks` divide it along its first axis; together they must come to `shape`.
    """

    def write(file: BinaryIO) -> None:
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
            "fortran_order": False,
            "shape": shape,
        }
        np.lib.format.write_array_header_1_0(file, header)
        n_rows = 0
        for chunk in chunks:
            file.write(np.ascontiguousarray(chunk, dtype=dtype).data)
            n_rows += len(chunk)
        if n_rows != shape[0]:
            raise ValueError(f"the chunks have {n_rows} rows, not {shape[0]}")

    replace_file(path, write)


def save_npz(path: Path, arrays: dict[str, Array]) -> None:
    """Replace a .npz file whole: readers see the old arrays or the new ones."""
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


def _make_ours(path: Path, *, keep: bool) -> None:
    """Before a file is written in place: leave its other names, in branches, as they are.

    One that is begun anew becomes another file: who has mapped the old one goes on reading that.
    """
    if not keep:
        path.unlink(missing_ok=True)
    elif path.stat().st_nlink > 1:
        with path.open("rb") as file:
            replace_file(path, lambda copy: shutil.copyfileobj(file, copy))


def _check_rows(path: Path, n_columns: int, dtype: np.dtype[Any], n_rows: int) -> None:
    found = load_npy(path)
    if found.ndim != 2 or found.shape[1] != n_columns or found.dtype != dtype:
        raise RunError(_damaged(path, ValueError(f"it holds {found.dtype} of {found.shape}")))
    if len(found) < n_rows:
        raise RunError(_damaged(path, ValueError(f"it holds {len(found)} of {n_rows} epochs")))


def _missing(path: Path) -> str:
    return f"{path} is missing; copy it back from a copy of the run."


def _damaged(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{path} is damaged ({reason}); copy it back from a copy of the run."
