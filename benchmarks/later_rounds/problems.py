"""Small sets of images with known wrong labels: digits, or CIFAR-10 from a folder.

Axes: A images of a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.data.dataset import ImageArray
from mild.data.sources.digits import read_digits
from mild.training.pipeline.prepare import Prepared

IntArray = npt.NDArray[np.int64]
UInt8Array = npt.NDArray[np.uint8]

DIGITS = "digits"
SIDE = 16
"""Pixels that CIFAR-10 is brought to: a quarter of the work of 32."""
OF_EACH, N_TEST = 800, 100
FIVE = ("airplane", "automobile", "bird", "cat", "dog")
NOISES = {
    "clean": ("symmetric", 0.0),
    "symmetric 2 %": ("symmetric", 0.02),
    "symmetric 5 %": ("symmetric", 0.05),
    "symmetric 20 %": ("symmetric", 0.2),
    "symmetric 40 %": ("symmetric", 0.4),
    "asymmetric 20 %": ("asymmetric", 0.2),
    "asymmetric 40 %": ("asymmetric", 0.4),
}
"""Symmetric: that share of all labels is wrong. Asymmetric: of every second class, one way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Images to draw sets from."""

    name: str
    images_A: UInt8Array
    labels_A: IntArray
    n_classes: int


def digits() -> Pool:
    """Read scikit-learn's digits."""
    images_A, labels_A = read_digits()
    return Pool(name=DIGITS, images_A=images_A, labels_A=labels_A, n_classes=10)


def folder(path: Path, n_classes: int) -> Pool:
    """Read the first images of each of ten, or of five, classes of `path`/train/<class>/."""
    found = sorted(item for item in (path / "train").iterdir() if item.is_dir())
    classes = [item for item in found if n_classes > len(FIVE) or item.name in FIVE]
    images, labels = [], []
    for label, of_class in enumerate(classes):
        for file in sorted(of_class.iterdir())[:OF_EACH]:
            with Image.open(file) as image:
                images.append(
                    np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX))
                )
            labels.append(label)
    return Pool(
        name=f"CIFAR-10, {len(classes)} classes", images_A=np.stack(images),
        labels_A=np.array(labels, dtype=np.int64), n_classes=len(classes),
    )  # fmt: skip


def problem(pool: Pool, n: int, noise: str, seed: int) -> Prepared:
    """Draw n images and their wrong labels; a hundred others are held out."""
    order_A = np.random.default_rng([seed, 7]).permutation(len(pool.labels_A))
    train, test = order_A[:n], order_A[n : n + N_TEST]
    clean_N = pool.labels_A[train]
    return Prepared(
        images=ImageArray(pool.images_A[train]),
        given_N=_wrong(clean_N, pool.n_classes, *NOISES[noise], np.random.default_rng([seed, 1])),
        clean_N=clean_N,
        test_images=ImageArray(pool.images_A[test]),
        test_labels_M=pool.labels_A[test],
        n_classes=pool.n_classes,
    )


def _wrong(
    clean_N: IntArray, n_classes: int, kind: str, rate: float, rng: np.random.Generator
) -> IntArray:
    given_N = clean_N.copy()
    if kind == "symmetric":
        chosen = rng.choice(len(clean_N), round(rate * len(clean_N)), replace=False)
        given_N[chosen] = (clean_N[chosen] + rng.integers(1, n_classes, len(chosen))) % n_classes
        return given_N
    for label in range(0, n_classes, 2):
        of_class = np.flatnonzero(clean_N == label)
        chosen = rng.choice(of_class, round(rate * len(of_class)), replace=False)
        given_N[chosen] = (label + 1) % n_classes
    return given_N
