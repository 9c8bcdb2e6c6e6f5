"""Data sets known to torchvision by name: found in a folder, or downloaded to it.

torchvision, and with it torch, is imported inside the functions: the dashboard imports this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mild.config import DataConfig
from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.parts import Loaded, Part, as_rgb, trusted_part
from mild.data.places import data_root_of
from mild.data.sources.packed import Packed, cifar10, cifar100, idx_files, training_part
from mild.data.sources.source import Source
from mild.errors import DataError

TEN_DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")


@dataclass(frozen=True, kw_only=True, slots=True)
class TorchvisionSet:
    """A data set of torchvision, and what has to be known to open it."""

    name: str
    title: str
    cls: str
    """Its class in `torchvision.datasets`."""
    by_split: bool = False
    """Whether a part is asked for as split="train", not as train=True."""
    option: str | None = None
    """Which of several sets the class holds."""
    class_names: tuple[str, ...] = ()
    """Where torchvision has no names, has "0 - zero", or its files do not hold them."""

    def open(self, root: Path, *, train: bool, download: bool) -> Any:
        """Open the set as torchvision has it."""
        from torchvision import datasets

        part = {"split": "train" if train else "test"} if self.by_split else {"train": train}
        more = {} if self.option is None else {"split": self.option}
        return getattr(datasets, self.cls)(str(root), download=download, **part, **more)


def load(set_: TorchvisionSet, root: Path) -> Loaded:
    """Load both parts of a torchvision data set; its labels are trusted.

    Raises
    ------
    DataError
        If torchvision is not installed, or the set is neither in `root` nor can be downloaded.
    """
    train = _open(set_, root, train=True)
    test = _open(set_, root, train=False)
    images, labels = _arrays(train)
    return Loaded(
        train=trusted_part(ImageArray(images), labels, "train"),
        test=_test_part(test),
        class_names=set_.class_names or tuple(str(name) for name in train.classes),
        title=set_.title,
        n_listed=len(labels),
    )


def _test_part(test: Any) -> Part:
    images, labels = _arrays(test)
    return trusted_part(ImageArray(images), labels, "test")


def _open(set_: TorchvisionSet, root: Path, *, train: bool) -> Any:
    try:
        return set_.open(root, train=train, download=False)
    except ImportError as error:
        raise DataError(
            f"The data set '{set_.name}' needs torchvision, which cannot be imported ({error}). "
            "Run pip install torchvision."
        ) from None
    except (RuntimeError, OSError):
        pass  # not there, or not whole: fetch it
    try:
        root.mkdir(parents=True, exist_ok=True)
        return set_.open(root, train=train, download=True)
    except (RuntimeError, OSError, EOFError, ValueError) as error:
        reason = str(error).strip().splitlines()
        raise DataError(
            f"The data set '{set_.name}' is not in {root} and cannot be downloaded "
            f"({reason[0] if reason else type(error).__name__}). Connect to the network, "
            "or name the folder that holds it as the data root."
        ) from None


def _arrays(dataset: Any) -> tuple[UInt8Array, IntArray]:
    """Return pixels (N, H, W, 3) and labels (N,) of a set that holds its data in memory."""
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


def _source(
    name: str,
    label: str,
    cls: str,
    *,
    order: int,
    n_classes: int = 10,
    characters: bool = False,
    packed: Callable[[Path], Packed] | None = None,
    **more: Any,
) -> Source:
    """Make a source of this family; `packed` reads its training part without torch."""
    set_ = TorchvisionSet(name=name, title=label.split(":")[0], cls=cls, **more)

    def glance(config: DataConfig) -> Loaded | None:
        return packed and training_part(packed, data_root_of(config), set_.title)

    return Source(
        name=name,
        label=label,
        order=order,
        load=lambda config: load(set_, data_root_of(config)),
        glance=glance,
        has_test_part=True,
        characters=characters,
        n_classes=n_classes,
    )


CIFAR10 = _source(
    "cifar10", "CIFAR-10: 50,000 photographs of 32 x 32 pixels in 10 classes", "CIFAR10",
    order=100, packed=cifar10,
)  # fmt: skip
CIFAR100 = _source(
    "cifar100", "CIFAR-100: 50,000 photographs of 32 x 32 pixels in 100 classes", "CIFAR100",
    order=101, n_classes=100, packed=cifar100,
)  # fmt: skip
MNIST = _source(
    "mnist", "MNIST: 60,000 handwritten digits of 28 x 28 pixels", "MNIST",
    order=102, characters=True, class_names=TEN_DIGITS, packed=idx_files("MNIST", TEN_DIGITS),
)  # fmt: skip
FASHION_MNIST = _source(
    "fashion-mnist", "Fashion-MNIST: 60,000 pictures of clothes, 28 x 28 pixels, 10 classes",
    "FashionMNIST", order=103, class_names=CLOTHES, packed=idx_files("FashionMNIST", CLOTHES),
)  # fmt: skip
KMNIST = _source(
    "kmnist", "KMNIST: 60,000 cursive Japanese characters of 28 x 28 pixels in 10 classes",
    "KMNIST", order=104, characters=True, class_names=KANA, packed=idx_files("KMNIST", KANA),
)  # fmt: skip
QMNIST = _source(
    "qmnist", "QMNIST: 60,000 handwritten digits, MNIST made anew with a larger test part",
    "QMNIST", order=105, characters=True, class_names=TEN_DIGITS,
)  # fmt: skip
EMNIST_LETTERS = _source(
    "emnist-letters", "EMNIST letters: 124,800 handwritten letters of 28 x 28 pixels", "EMNIST",
    order=106, characters=True, n_classes=26, option="letters",
)  # fmt: skip
EMNIST_BALANCED = _source(
    "emnist-balanced", "EMNIST balanced: 112,800 digits and letters in 47 classes", "EMNIST",
    order=107, characters=True, n_classes=47, option="balanced",
)  # fmt: skip
USPS = _source(
    "usps", "USPS: 7,291 handwritten digits of 16 x 16 pixels", "USPS",
    order=108, characters=True, class_names=TEN_DIGITS,
)  # fmt: skip
SVHN = _source(
    "svhn", "SVHN: 73,257 house-number digits photographed from the street, 32 x 32 pixels", "SVHN",
    order=109, by_split=True, characters=True, class_names=TEN_DIGITS,
)  # fmt: skip
STL10 = _source(
    "stl10", "STL10: 5,000 photographs of 96 x 96 pixels in 10 classes", "STL10",
    order=110, by_split=True,
)  # fmt: skip
