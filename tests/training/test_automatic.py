"""What is left open is decided by the data set, with a reason; what is asked for is done."""

from __future__ import annotations

import pytest

from mild.config import AugmentationConfig
from mild.training.automatic import augmentation, n_threads


@pytest.mark.parametrize(
    ("source", "side", "padding", "flip"),
    [
        ("digits", 8, 1, False),
        ("cifar10", 32, 4, True),
        ("mnist", 28, 3, False),
        ("folder", 64, 8, True),
    ],
)
def test_what_is_left_open_follows_from_the_data_set(
    source: str, side: int, padding: int, flip: bool
) -> None:
    settled, reason = augmentation(AugmentationConfig(), source, side)
    assert (settled.crop_padding, settled.flip) == (padding, flip)
    assert f"crops padded by {padding} pixels" in reason
    assert reason.endswith("; flipped") is flip


def test_what_is_asked_for_is_done() -> None:
    asked = AugmentationConfig(crop_padding=0, flip=True)
    assert augmentation(asked, "digits", 8) == (asked, "as asked")


def test_small_images_are_computed_by_one_thread() -> None:
    assert n_threads(8, available=16)[0] == 1
    assert n_threads(32, available=16)[0] == 16
