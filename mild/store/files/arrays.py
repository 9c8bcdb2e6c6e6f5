"""Arrays as whole .npy and .npz files; nothing here is ever unpickled."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.array_files import ArrayFileError, read_npy, read_npz
from mild.errors import RunError, first_line
from mild.store.files import drives, plain, scarce
from mild.store.files.replacing import replace_bytes, replace_file

Array = npt.NDArray[Any]
MOST_READ_BYTES = 2**29
"""Of a file on a drive that may go away: a larger one is mapped all the same."""


def save_npy(path: Path, array: Array) -> None:
    """Replace a .npy file whole: readers see the old array or the new one."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    replace_bytes(path, buffer.getvalue())


def save_npy_in_chunks(
    path: Path, shape: tuple[int, ...], dtype: npt.DTypeLike, chunks: Iterable[Array]
) -> None:
    """Replace a .npy file whole, by an array that is never in memory as a whole.

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
    """Open a .npy file read-only: memory-mapped, or read where its drive may go away.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    try:
        plain.check(path)
        if drives.may_go_away(path) and path.stat().st_size <= MOST_READ_BYTES:
            array = read_npy(path)
            array.flags.writeable = False
        else:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise RunError(missing(path)) from error
    except Exception as error:  # a damaged header makes its parsers raise errors of their own
        raise RunError(damaged(path, error)) from error
    return array


def load_npz(path: Path) -> dict[str, Array]:
    """Load all arrays of an .npz file.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    try:
        plain.check(path)
        return read_npz(path)
    except FileNotFoundError as error:
        raise RunError(missing(path)) from error
    except (OSError, ArrayFileError) as error:
        raise RunError(damaged(path, error)) from error


def damaged(path: Path, error: Exception) -> str:
    """Say which file of a run is damaged, by what its reader found, and what to do."""
    if scarce.is_scarce(error):
        return scarce.sentence(str(path), error)
    return f"{path} is damaged ({first_line(error)}); copy it back from a copy of the run."


def missing(path: Path) -> str:
    """Say that a file of a run is missing."""
    return f"{path} is missing; copy it back from a copy of the run."
