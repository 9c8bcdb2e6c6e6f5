"""Settings left to us: the value, and the reason that people read beside it."""

from __future__ import annotations

from mild.config import AugmentationConfig

WRITTEN = (
    "digits", "mnist", "kmnist", "qmnist", "emnist-letters", "emnist-balanced", "usps", "svhn",
)  # fmt: skip
"""Sets of digits and letters, which a flip turns into something else."""
SIDES_PER_PADDING = 8


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
