"""The built-in data set: 1,797 handwritten digits of 8 x 8 pixels, shipped with scikit-learn.

The file is read directly: importing `sklearn.datasets` takes seconds, reading it a tenth of one.
Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
"""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from mild.data.dataset import ImageArray, IntArray, UInt8Array
from mild.data.parts import Loaded, as_rgb, trusted_part
from mild.data.sources.source import Source
from mild.errors import DataError

CLASS_NAMES = tuple("0123456789")
BRIGHTEST = 16
"""Pixels are counts of 0 .. 16 set bits in a 4 x 4 block of the scanned digit."""


def load() -> Loaded:
    """Load the digits in scikit-learn's order; there is no test part."""
    images, labels = read_digits()
    return Loaded(
        train=trusted_part(ImageArray(images), labels, "image"),
        test=None,
        class_names=CLASS_NAMES,
        title="Handwritten digits",
        n_listed=len(labels),
    )


def read_digits() -> tuple[UInt8Array, IntArray]:
    """Read images (1797, 8, 8, 3) and labels (1797,)."""
    file = _packaged_file()
    if file is None:
        values, labels = _through_scikit_learn()
    else:
        with gzip.open(file, "rt", encoding="ascii") as lines:
            rows = np.loadtxt(lines, delimiter=",", dtype=np.int64)
        values, labels = rows[:, :-1], rows[:, -1]
    grey = (values.reshape(-1, 8, 8) * 255 // BRIGHTEST).astype(np.uint8)
    return as_rgb(grey), labels.astype(np.int64)


def _packaged_file() -> Path | None:
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise DataError(
            "The data set 'digits' comes with scikit-learn, which is not installed. "
            "Run pip install scikit-learn."
        )
    file = Path(package.submodule_search_locations[0]) / "datasets/data/digits.csv.gz"
    return file if file.is_file() else None


def _through_scikit_learn() -> tuple[IntArray, IntArray]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.data.astype(np.int64), digits.target.astype(np.int64)


DIGITS = Source(
    name="digits",
    label="1,797 handwritten digits of 8 x 8 pixels; built in, nothing to download",
    order=10,
    load=lambda config: load(),
    glance=lambda config: load(),
    characters=True,
    n_classes=10,
)
