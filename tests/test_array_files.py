"""Files of arrays from anybody: nothing in them is run, and no memory is taken for a promise."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mild import array_files
from mild.array_files import (
    ArrayFileError,
    NoArraysError,
    PythonObjectsError,
    check_room,
    check_stored,
    names_in,
    open_file,
    read_npy,
    read_npz,
)


def promising(shape: tuple[int, ...], kind: str = "|u1") -> bytes:
    """A header that promises an array, and a few bytes of it."""
    buffer = io.BytesIO()
    header = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + bytes(9)


def packed(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("status.npy", content)
    return path


@pytest.mark.parametrize("shape", [(10**12,), (10**6, 10**6), (10**9, 10**9, 10**9), (-1,)])
def test_a_header_that_promises_more_than_there_is_takes_no_memory(
    shape: tuple[int, ...], tmp_path: Path
) -> None:
    with pytest.raises(ArrayFileError):
        read_npz(packed(tmp_path / "some.npz", promising(shape)))
    (tmp_path / "some.npy").write_bytes(promising(shape))
    with pytest.raises(ArrayFileError):
        read_npy(tmp_path / "some.npy")


def test_what_would_unpack_to_more_than_is_free_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "zeros.npz", status=np.zeros(10**6, dtype=np.uint8))
    assert read_npz(tmp_path / "zeros.npz")["status"].size == 10**6
    monkeypatch.setattr(array_files, "free_memory", lambda: 10**6)
    with pytest.raises(ArrayFileError, match="of memory, of which"):
        read_npz(tmp_path / "zeros.npz")
    with pytest.raises(ArrayFileError):
        check_room(10**9)


def test_python_objects_are_told_and_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", status=np.array([{}], dtype=object))
    with pytest.raises(PythonObjectsError, match="'status' holds Python objects"):
        read_npz(tmp_path / "objects.npz")


def test_only_what_is_wanted_is_looked_at(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", status=np.eye(2), extra=np.array([{}], dtype=object))
    assert list(read_npz(tmp_path / "some.npz", ("status", "given"))) == ["status"]


def test_another_kind_of_file_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "some.npz").write_bytes(b"no archive")
    with pytest.raises(NoArraysError):
        read_npz(tmp_path / "some.npz")


def test_a_compressed_file_of_tensors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError, match="compressed"):
        check_stored(packed(tmp_path / "some.pt", bytes(10**6)))


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "some.npz")
    for read in (read_npz, read_npy, names_in, open_file):
        with pytest.raises(OSError, match="it is a pipe or a device"):
            read(tmp_path / "some.npz")
