"""Arrays out of .npy and .npz files that anybody may have written.

Nothing is unpickled, and no memory is taken for what a file only promises: a header of a few bytes
can speak of a million gigabytes, and a small archive can unpack to more than there is.
"""

from __future__ import annotations

import errno
import math
import os
import stat
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.errors import first_line

Array = npt.NDArray[Any]

CELL_BYTES = 60
"""Of a short text in memory."""
SHARE = 0.8
"""Of the free memory that the arrays of one file may take."""
_MEMORY = Path("/proc/meminfo")


class ArrayFileError(ValueError):
    """The file cannot be read as arrays; the message is the reason, without its name."""


class NoArraysError(ArrayFileError):
    """It is another kind of file."""


class PythonObjectsError(ArrayFileError):
    """An array holds Python objects, which to load could run code."""


def read_npz(path: Path, wanted: Collection[str] | None = None) -> dict[str, Array]:
    """Read the arrays of an .npz file; of those in `wanted`, if it is given, the ones there.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ArrayFileError
        If it is no .npz file, is damaged, holds Python objects, or is too large for this machine.
    """
    with open_file(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check_members(archive, wanted)
            file.seek(0)
            with np.load(file, allow_pickle=False) as members:
                asked = members.files if wanted is None else set(members.files) & set(wanted)
                return {name: members[name] for name in asked}
        except zipfile.BadZipFile as error:
            raise NoArraysError(first_line(error)) from None
        except Exception as error:  # zipfile, zlib and the reader of headers each have their own
            raise _as_ours(error) from None


def read_npy(path: Path) -> Array:
    """Read the array of a .npy file.

    Raises
    ------
    OSError, ArrayFileError
        As `read_npz`.
    """
    with open_file(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            check_room(_check_member(file, size, path.name))
            file.seek(0)
            return np.asarray(np.lib.format.read_array(file, allow_pickle=False))
        except Exception as error:  # a damaged header makes its parsers raise errors of their own
            raise _as_ours(error) from None


def names_in(path: Path) -> list[str]:
    """List the arrays of an .npz file; none is read.

    Raises
    ------
    OSError, ArrayFileError
        As `read_npz`.
    """
    with open_file(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return [name.removesuffix(".npy") for name in archive.namelist()]
        except zipfile.BadZipFile as error:
            raise NoArraysError(first_line(error)) from None
        except Exception as error:  # as above
            raise _as_ours(error) from None


def open_file(path: Path) -> BinaryIO:
    """Open a file to read; not a pipe, which makes its reader wait, nor a device.

    Raises
    ------
    OSError
        If it is one, or cannot be opened.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # of a folder the system has its own words
        raise OSError(errno.EINVAL, "it is a pipe or a device", os.fspath(path))
    return path.open("rb")


def check_stored(path: Path) -> None:
    """Check that an archive of tensors is no larger inside than it is: torch never compresses.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ArrayFileError
        If it would unpack to more than it holds, or than there is memory for.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            inside = sum(info.file_size for info in archive.infolist())
    except Exception as error:  # zipfile has several for what is damaged
        raise _as_ours(error) from None
    if inside > path.stat().st_size:
        raise ArrayFileError("it is compressed, which files of torch never are")
    check_room(inside)


def check_whole(path: Path) -> None:
    """Compare an archive of tensors to its checksums, which torch writes and never reads.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ArrayFileError
        If a byte is not as it was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except Exception as error:  # zipfile has several for what is damaged
        raise _as_ours(error) from None
    if damaged is not None:
        raise ArrayFileError(f"'{damaged}' in it is damaged")


def check_room(n_bytes: int, free: int | None = None) -> None:
    """Check that there is memory for so much, of what is free now or was free at the beginning.

    Raises
    ------
    ArrayFileError
        If there is not.
    """
    free = free_memory() if free is None else free
    if free is not None and n_bytes > SHARE * free:
        raise ArrayFileError(
            f"it would take {n_bytes / 1e9:,.1f} GB of memory, of which {free / 1e9:,.1f} are free"
        )


def free_memory() -> int | None:
    """Tell how much memory is free on this machine; None where it does not say."""
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line[:12] == "MemAvailable")
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def _check_members(archive: zipfile.ZipFile, wanted: Collection[str] | None) -> None:
    n_bytes = 0
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if wanted is None or name in wanted:
            with archive.open(info) as member:
                n_bytes += _check_member(member, info.file_size, name)
    check_room(n_bytes)


def _check_member(file: IO[bytes], size: int, name: str) -> int:
    """Compare what a header promises to the bytes there are, and return it."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else None
    read = read or np.lib.format.read_array_header_2_0
    shape, _, kind = read(file)
    if kind.hasobject:
        raise PythonObjectsError(f"'{name}' holds Python objects")
    if any(length < 0 for length in shape):
        raise ArrayFileError(f"'{name}' has the shape {shape}")
    promised = math.prod(shape) * kind.itemsize
    if promised > size:
        raise ArrayFileError(f"'{name}' promises {promised:,} bytes and has at most {size:,}")
    return promised


def _as_ours(error: Exception) -> ArrayFileError:
    return error if isinstance(error, ArrayFileError) else ArrayFileError(first_line(error))
