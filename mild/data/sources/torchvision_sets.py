"""Data sets known to torchvision by name: found in a folder, or downloaded to it.

torchvision, and with it torch, is imported inside the functions: the dashboard imports this module.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.parts import Loaded, Part, as_rgb, trusted_part
from mild.data.sources.names import CLASS_NAMES, TORCHVISION
from mild.errors import DataError

Opener = Callable[[str, bool, bool], Any]
"""(root, training part?, download?) -> a torchvision data set."""


def load(name: str, root: Path) -> Loaded:
    """Both parts of a torchvision data set; its labels are trusted.

    Raises
    ------
    DataError
        If torchvision is not installed, or the set is neither in `root` nor can be downloaded.
    """
    train = _open(name, root, train=True)
    test = _open(name, root, train=False)
    images, labels = _arrays(train)
    return Loaded(
        train=trusted_part(ImageArray(images), labels, "train"),
        test=_test_part(test),
        class_names=_class_names(name, train),
        title=TORCHVISION[name].split(":")[0],
        n_listed=len(labels),
    )


def _test_part(test: Any) -> Part:
    images, labels = _arrays(test)
    return trusted_part(ImageArray(images), labels, "test")


def _open(name: str, root: Path, *, train: bool) -> Any:
    try:
        opener = _openers()[name]
    except ImportError as error:
        raise DataError(
            f"The data set '{name}' needs torchvision, which cannot be imported ({error}). "
            "Run pip install torchvision."
        ) from None
    try:
        return opener(str(root), train, False)
    except (RuntimeError, OSError):
        pass  # not there, or not whole: fetch it
    try:
        root.mkdir(parents=True, exist_ok=True)
        return opener(str(root), train, True)
    except (RuntimeError, OSError, EOFError, ValueError) as error:
        reason = str(error).strip().splitlines()
        raise DataError(
            f"The data set '{name}' is not in {root} and cannot be downloaded "
            f"({reason[0] if reason else type(error).__name__}). Connect to the network, "
            "or name the folder that holds it as the data root."
        ) from None


def _openers() -> dict[str, Opener]:
    from torchvision import datasets as sets

    def by_train(cls: Any, **options: Any) -> Opener:
        return lambda root, train, get: cls(root, train=train, download=get, **options)

    def by_split(cls: Any) -> Opener:
        return lambda root, train, get: cls(root, split="train" if train else "test", download=get)

    return {
        "cifar10": by_train(sets.CIFAR10),
        "cifar100": by_train(sets.CIFAR100),
        "mnist": by_train(sets.MNIST),
        "fashion-mnist": by_train(sets.FashionMNIST),
        "kmnist": by_train(sets.KMNIST),
        "qmnist": by_train(sets.QMNIST),
        "emnist-letters": by_train(sets.EMNIST, split="letters"),
        "emnist-balanced": by_train(sets.EMNIST, split="balanced"),
        "usps": by_train(sets.USPS),
        "svhn": by_split(sets.SVHN),
        "stl10": by_split(sets.STL10),
    }


def _arrays(dataset: Any) -> tuple[UInt8Array, IntArray]:
    """Pixels (N, H, W, 3) and labels (N,) of a torchvision set that holds its data in memory."""
    pixels = np.asarray(dataset.data)
    if pixels.ndim == 4 and pixels.shape[1] == 3 and pixels.shape[3] != 3:
        pixels = pixels.transpose(0, 2, 3, 1)  # SVHN and STL10 keep colours first
    targets = dataset.targets if hasattr(dataset, "targets") else dataset.labels
    labels = np.asarray(targets)
    if labels.ndim == 2:
        labels = labels[:, 0]  # QMNIST keeps the writer beside the digit
    if type(dataset).__name__ == "EMNIST":
        pixels = pixels.transpose(0, 2, 1)  # its files hold the pictures lying on their side
    return as_rgb(pixels.astype(np.uint8, copy=False)), labels.astype(np.int64)


def _class_names(name: str, dataset: Any) -> tuple[str, ...]:
    if name in CLASS_NAMES:
        return CLASS_NAMES[name]
    return tuple(str(class_name) for class_name in dataset.classes)
