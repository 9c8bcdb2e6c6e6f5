"""Well-known sets read from the files torchvision downloads, without torch: for the preview.

Understands the idx files of the MNIST family and the Python batches of CIFAR; others wait for the
worker. The batches are pickles: an unpickler that knows nothing but number arrays reads them.
"""

from __future__ import annotations

import gzip
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.parts import Loaded, as_rgb, trusted_part
from mild.data.sources.names import CLASS_NAMES, TORCHVISION

IDX_FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
_UNREADABLE = (OSError, ValueError, EOFError, LookupError, TypeError, pickle.UnpicklingError)


def load(name: str, root: Path) -> Loaded | None:
    """The training part, or None where its files are absent, damaged, or of another kind."""
    try:
        if name in IDX_FOLDERS:
            images, labels, class_names = _read_idx(name, root / IDX_FOLDERS[name] / "raw")
        elif name == "cifar10":
            images, labels, class_names = _read_cifar10(root / "cifar-10-batches-py")
        elif name == "cifar100":
            images, labels, class_names = _read_cifar100(root / "cifar-100-python")
        else:
            return None
    except _UNREADABLE:
        return None
    return Loaded(
        train=trusted_part(ImageArray(images), labels, "train"),
        test=None,
        class_names=class_names,
        title=TORCHVISION[name].split(":")[0],
        n_listed=len(labels),
    )


def _read_idx(name: str, folder: Path) -> tuple[UInt8Array, IntArray, tuple[str, ...]]:
    images = _idx(folder / "train-images-idx3-ubyte", header=16).reshape(-1, 28, 28)
    labels = _idx(folder / "train-labels-idx1-ubyte", header=8).astype(np.int64)
    return as_rgb(images), labels, CLASS_NAMES[name]


def _idx(file: Path, *, header: int) -> UInt8Array:
    if file.is_file():
        return np.fromfile(file, dtype=np.uint8, offset=header)
    with gzip.open(f"{file}.gz") as packed:
        return np.frombuffer(packed.read(), dtype=np.uint8, offset=header)


def _read_cifar10(folder: Path) -> tuple[UInt8Array, IntArray, tuple[str, ...]]:
    batches = [_unpickle(folder / f"data_batch_{i}") for i in range(1, 6)]
    names = _unpickle(folder / "batches.meta")["label_names"]
    labels = [label for batch in batches for label in batch["labels"]]
    return _planes([batch["data"] for batch in batches]), np.array(labels), tuple(names)


def _read_cifar100(folder: Path) -> tuple[UInt8Array, IntArray, tuple[str, ...]]:
    batch = _unpickle(folder / "train")
    names = _unpickle(folder / "meta")["fine_label_names"]
    return _planes([batch["data"]]), np.array(batch["fine_labels"]), tuple(names)


def _planes(rows: list[UInt8Array]) -> UInt8Array:
    """Rows of 1,024 red, 1,024 green, 1,024 blue values to (N, 32, 32, 3)."""
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
    """How array bytes are written in old pickles."""
    return text.encode("latin1")


def _number_kind(name: str, *_: object) -> np.dtype[Any]:
    """Without the flags of old pickles, of which numpy warns, and without Python objects."""
    kind = np.dtype(name)
    if kind.kind not in "biuf":
        raise pickle.UnpicklingError(f"{name} is no kind of number")
    return kind
