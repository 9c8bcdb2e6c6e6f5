"""arrays: .npz and .npy files of images and labels, of status, and of other labels."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzz.damage import acting_pickle, damaged, never_run
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.values import Random, text
from mild.data.labels.overlay_file import read_columns
from mild.data.sources.arrays import load_arrays
from mild.store.status_file import read_status_file

_KINDS = ("u1", "i8", "f4", "f8", "b1", "U4", "O", "S3", "M8[s]", "c8", "V4", "<f2", ">i4")


def _prepare(folder: Path) -> Case:
    proof = folder / "proof"
    pickled = acting_pickle(proof)

    def case(rng: Random) -> None:
        of_images = rng.random() < 0.5
        arrays = _images(rng) if of_images else _status(rng)
        for name in list(arrays):
            if rng.random() < 0.08:
                arrays[name] = _other(arrays[name], rng)
            elif rng.random() < 0.02:
                del arrays[name]
        path = folder / "some.npz"
        content = _npz(arrays, rng, pickled)
        path.write_bytes(damaged(content, rng, pickled) if rng.random() < 0.3 else content)
        reader: Any = load_arrays if of_images != (rng.random() < 0.1) else read_status_file
        reader = read_columns if rng.random() < 0.1 else reader
        with never_run(proof):
            reader(path)

    return case


def _images(rng: Random) -> dict[str, Any]:
    n = int(rng.integers(2, 9))
    return {
        "images": rng.integers(256, size=(n, 6, 6, 3)).astype(np.uint8),
        "labels": rng.integers(-1, 3, size=n),
        "clean": rng.integers(3, size=n),
        "test_images": rng.integers(256, size=(2, 6, 6, 3)).astype(np.uint8),
        "test_labels": np.array([0, 1]),
        "class_names": np.array(["a", "b", text(rng)[:9]]),
    }


def _status(rng: Random) -> dict[str, Any]:
    n, n_epochs = int(rng.integers(1, 20)), int(rng.integers(1, 9))
    return {
        "status": rng.integers(2, size=(n_epochs, n)).astype(np.uint8),
        "given": rng.integers(3, size=n),
        "clean": rng.integers(3, size=n),
        "trained": rng.integers(3, size=n),
        "planted": rng.random(n) < 0.1,
        "losses": rng.random((n_epochs, n)),
        "margins": rng.random((n_epochs, n)),
        "predictions": rng.integers(3, size=(n_epochs, n)),
    }


def _other(array: Any, rng: Random) -> Any:
    """Of another kind or shape, or with a value that makes no sense."""
    kind = rng.integers(6)
    try:
        if kind == 0:
            return array.astype(_KINDS[rng.integers(len(_KINDS))])
        if kind == 1:
            return array.reshape(-1)
        if kind == 2:
            return array[: rng.integers(len(array) + 1)]
        if kind == 3:
            return array[None]
        if kind == 4:
            return np.array(0 if rng.random() < 0.5 else None)
        changed = array.astype(float)
        changed.flat[rng.integers(changed.size)] = (np.nan, np.inf, -1e300, -5)[rng.integers(4)]
        return changed
    except (ValueError, TypeError, IndexError):
        return np.zeros((0, 3))


def _npz(arrays: dict[str, Any], rng: Random, pickled: bytes) -> bytes:
    """An archive as numpy writes it, some of its members with a header that promises too much."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=True)
            content = member.getvalue()
            if rng.random() < 0.02:
                content = _promising(rng)
            elif rng.random() < 0.02:
                content = pickled
            archive.writestr(f"{'../' * int(rng.random() < 0.03)}{name}.npy", content)
    return buffer.getvalue()


def _promising(rng: Random) -> bytes:
    header = {
        "descr": ("|u1", "<i8", "|O", "<U9")[rng.integers(4)],
        "fortran_order": False,
        "shape": ((10**12,), (10**6, 10**6), (-1,), (2**63,), (0, 10**18))[rng.integers(5)],
    }
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + rng.bytes(20)


ARRAYS = Kind(
    name="arrays", about=".npz files of images, of status, and of other labels", prepare=_prepare
)
