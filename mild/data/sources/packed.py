"""Well-known sets read from the files torchvision downloads, without torch: for the preview.

Understands the idx files of the MNIST family and the Python batches of CIFAR; others wait for the
worker. The batches are pickles: an unpickler that knows nothing but number arrays reads them.
"""

from __future__ import annotations

import gzip
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.parts import Loaded, as_rgb, trusted_part

Packed = tuple[UInt8Array, IntArray, tuple[str, ...]]
"""Images (N, H, W, 3), labels (N,) and the names of the classes."""
MOST_BYTES = 2**28
"""Of an unpacked file: five times the largest of these sets."""
_UNREADABLE = (OSError, ValueError, EOFError, LookupError, TypeError, pickle.UnpicklingError)


def training_part(read: Callable[[Path], Packed], root: Path, title: str) -> Loaded | None:
    """Read the training part in the data root; None where its files are absent or damaged."""
    try:
        images, labels, class_names = read(root)
    except _UNREADABLE:
        return None
    return Loaded(
        train=trusted_part(ImageArray(images), labels, "train"),
        test=None,
        class_names=class_names,
        title=title,
        n_listed=len(labels),
    )


def idx_files(folder: str, class_names: tuple[str, ...]) -> Callable[[Path], Packed]:
    """Make a reader of the MNIST family: idx files in `folder`/raw below the data root."""

    def read(root: Path) -> Packed:
        raw = root / folder / "raw"
        images = _idx(raw / "train-images-idx3-ubyte", header=16).reshape(-1, 28, 28)
        labels = _idx(raw / "train-labels-idx1-ubyte", header=8).astype(np.int64)
        return as_rgb(images), labels, class_names

    return read


def cifar10(root: Path) -> Packed:
    """Read the five batches of CIFAR-10."""
    folder = root / "cifar-10-batches-py"
    batches = [_unpickle(folder / f"data_batch_{i}") for i in range(1, 6)]
    names = _unpickle(folder / "batches.meta")["label_names"]
    labels = [label for batch in batches for label in batch["labels"]]
    return _planes([batch["data"] for batch in batches]), np.array(labels), tuple(names)


def cifar100(root: Path) -> Packed:
    """Read the batch of CIFAR-100, with its fine labels."""
    folder = root / "cifar-100-python"
    batch = _unpickle(folder / "train")
    names = _unpickle(folder / "meta")["fine_label_names"]
    return _planes([batch["data"]]), np.array(batch["fine_labels"]), tuple(names)


def _idx(file: Path, *, header: int) -> UInt8Array:
    if file.is_file():
        return np.fromfile(file, dtype=np.uint8, offset=header)
    with gzip.open(f"{file}.gz") as packed:
        return np.frombuffer(packed.read(MOST_BYTES), dtype=np.uint8, offset=header)


def _planes(rows: list[UInt8Array]) -> UInt8Array:
    """Turn rows of 1,024 red, 1,024 green, 1,024 blue values into (N, 32, 32, 3)."""
    planes = np.concatenate(rows).reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


def _unpickle(file: Path) -> dict[str, Any]:
    found = _NumbersOnly(io.BytesIO(file.read_bytes()), encoding="latin1").load()
    if not isinstance(found, dict):
        raise TypeError(file)
    return found


class _NumbersOnly(pickle.Unpickler):
    """Builds lists, texts and arrays of numbers; refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_reconstruct" and module.endswith("core.multiarray"):
            from numpy._core.multiarray import _reconstruct

            return _reconstruct
        if (module, name) == ("numpy", "ndarray"):
            return np.ndarray
        if (module, name) == ("numpy", "dtype"):
            return _number_kind
        if (module, name) == ("_codecs", "encode"):
            return _latin1
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def _latin1(text: str, _encoding: str) -> bytes:
    """Encode text as old pickles write the bytes of arrays."""
    return text.encode("latin1")


def _number_kind(name: str, *_: object) -> np.dtype[Any]:
    """Drop the flags of old pickles, of which numpy warns, and refuse Python objects."""
    kind = np.dtype(name)
    if kind.kind not in "biuf":
        raise pickle.UnpicklingError(f"{name} is no kind of number")
    return kind
