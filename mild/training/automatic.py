"""Settings left to us: the value, and the reason that people read beside it."""

from __future__ import annotations

from mild.config import AugmentationConfig

WRITTEN = (
    "digits", "mnist", "kmnist", "qmnist", "emnist-letters", "emnist-balanced", "usps", "svhn",
)  # fmt: skip
"""Sets of digits and letters, which a flip turns into something else."""
SIDES_PER_PADDING = 8
ONE_THREAD_SIDE = 16
"""Up to this side, in pixels, one thread is faster than two."""


def augmentation(
    asked: AugmentationConfig, source: str, image_side: int
) -> tuple[AugmentationConfig, str]:
    """How images are varied, with what was left open decided by the data set."""
    padding, flip, reasons = asked.crop_padding, asked.flip, []
    if padding is None:
        padding = image_side // SIDES_PER_PADDING
        reasons.append(f"crops padded by {padding} pixels, an eighth of {image_side}")
    if flip is None:
        flip = source not in WRITTEN
        reasons.append("flipped" if flip else f"not flipped, because {source} holds characters")
    return AugmentationConfig(crop_padding=padding, flip=flip), "; ".join(reasons) or "as asked"


def n_threads(image_side: int, available: int) -> tuple[int, str]:
    """Threads of the processor to compute with, and why.

    On images this small two threads wait for each other longer than they work: measured on two
    cores, an epoch of the digits took 0.19 s with one thread and 0.31 s with two.
    """
    if image_side <= ONE_THREAD_SIDE:
        return 1, f"one thread: images of {image_side} pixels a side are too small to share out"
    return available, f"{available} threads, as many as there are"
