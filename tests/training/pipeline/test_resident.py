"""Batches: every slot once, images varied but never invented."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from mild.config import AugmentationConfig
from mild.training.pipeline.resident import ResidentImages, augmented, draw, shuffled

CPU = torch.device("cpu")
CROP = AugmentationConfig(crop_padding=2, flip=False)
FLIP = AugmentationConfig(crop_padding=0, flip=True)
NEITHER = AugmentationConfig(crop_padding=0, flip=False)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _images(n: int, height: int = 5, width: int = 7) -> torch.Tensor:
    """No two pixels alike, so that a crop can be told from any other."""
    values = torch.arange(1, 1 + n * 3 * height * width, dtype=torch.float32)
    return values.view(n, 3, height, width)


def _augment(images: torch.Tensor, asked: AugmentationConfig) -> torch.Tensor:
    return augmented(images, draw(len(images), asked, _generator()))


@given(n=st.integers(2, 300), batch_size=st.integers(2, 64), seed=st.integers(0, 99))
def test_every_slot_comes_once_and_no_batch_is_a_single_instance(
    n: int, batch_size: int, seed: int
) -> None:
    batches = list(shuffled(n, batch_size, _generator(seed)))
    assert sorted(torch.cat(batches).tolist()) == list(range(n))
    assert all(1 < len(batch) <= batch_size + 1 for batch in batches)


def test_the_order_derives_from_the_seed_alone() -> None:
    def order(seed: int) -> list[int]:
        return torch.cat(list(shuffled(100, 8, _generator(seed)))).tolist()

    torch.manual_seed(1)
    first = order(0)
    torch.manual_seed(2)
    assert order(0) == first
    assert order(1) != first


def test_each_epoch_has_an_order_of_its_own() -> None:
    generator = _generator()
    orders = [torch.cat(list(shuffled(50, 8, generator))).tolist() for _ in range(5)]
    assert len({tuple(order) for order in orders}) == 5


def test_a_crop_is_a_window_of_the_image_padded_with_zeros() -> None:
    images = _images(60)
    cropped = _augment(images, CROP)
    assert cropped.shape == images.shape
    padded = functional.pad(images, (2, 2, 2, 2))
    windows = [(top, left) for top in range(5) for left in range(5)]
    seen = set()
    for image, whole in zip(cropped, padded, strict=True):
        fitting = [
            (top, left)
            for top, left in windows
            if torch.equal(image, whole[:, top : top + 5, left : left + 7])
        ]
        assert len(fitting) == 1
        seen.add(fitting[0])
    assert len(seen) > 15  # of 25: each image has its own draw


def test_a_flip_mirrors_left_and_right_for_about_half_of_the_images() -> None:
    images = _images(200)
    flipped = _augment(images, FLIP)
    is_same = [torch.equal(one, other) for one, other in zip(flipped, images, strict=True)]
    is_mirror = [
        torch.equal(one, other.flip(2)) for one, other in zip(flipped, images, strict=True)
    ]
    assert all(same != mirror for same, mirror in zip(is_same, is_mirror, strict=True))
    assert 70 < sum(is_mirror) < 130


def test_without_crop_and_flip_an_image_stays_what_it_is() -> None:
    images = _images(3)
    assert torch.equal(_augment(images, NEITHER), images)


def test_augmenting_leaves_its_input_alone() -> None:
    images = _images(10)
    before = images.clone()
    _augment(images, AugmentationConfig())
    assert torch.equal(images, before)


@given(
    n=st.integers(1, 6),
    height=st.integers(4, 9),
    width=st.integers(4, 9),
    padding=st.integers(0, 12),
    flip=st.booleans(),
)
@settings(max_examples=50)
def test_augmenting_keeps_shape_and_invents_no_value(
    n: int, height: int, width: int, padding: int, flip: bool
) -> None:
    images = _images(n, height, width)
    settings_ = AugmentationConfig(crop_padding=padding, flip=flip)
    changed = _augment(images, settings_)
    assert changed.shape == images.shape
    for one, other in zip(changed, images, strict=True):
        assert set(one.flatten().tolist()) <= {0.0, *other.flatten().tolist()}


def test_images_are_normalised_by_their_own_mean_and_deviation_per_channel() -> None:
    rng = np.random.default_rng(0)
    images_NHWC = (rng.integers(0, 256, (50, 6, 8, 3)) * [1.0, 0.5, 0.1]).astype(np.uint8)
    resident = ResidentImages(images_NHWC, CPU, like=None)
    assert len(resident) == 50
    batch = resident.batch(torch.arange(50)).numpy()
    scaled = images_NHWC.transpose(0, 3, 1, 2) / 255
    expected = (scaled - scaled.mean((0, 2, 3), keepdims=True)) / scaled.std(
        (0, 2, 3), keepdims=True
    )
    np.testing.assert_allclose(batch, expected, atol=1e-4)


def test_the_held_out_part_borrows_the_normalisation() -> None:
    rng = np.random.default_rng(0)
    train = ResidentImages(rng.integers(0, 99, (9, 4, 4, 3), dtype=np.uint8), CPU, like=None)
    test = ResidentImages(rng.integers(99, 255, (5, 4, 4, 3), dtype=np.uint8), CPU, like=train)
    assert torch.equal(test.mean_C, train.mean_C)
    assert test.batch(torch.arange(5)).mean() > 1


def test_a_channel_of_one_colour_is_no_division_by_zero() -> None:
    images = ResidentImages(np.full((4, 4, 4, 3), 7, dtype=np.uint8), CPU, like=None)
    assert torch.isfinite(images.batch(torch.arange(4))).all()


def test_an_empty_held_out_part_is_allowed() -> None:
    nothing = np.zeros((0, 4, 4, 3), dtype=np.uint8)
    like = ResidentImages(np.zeros((2, 4, 4, 3), dtype=np.uint8), CPU, like=None)
    assert len(ResidentImages(nothing, CPU, like=like)) == 0


@pytest.mark.parametrize("index", [[0], [2, 0, 2]])
def test_a_batch_holds_the_images_asked_for_in_that_order(index: list[int]) -> None:
    images_NHWC = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), dtype=np.uint8)
    resident = ResidentImages(images_NHWC, CPU, like=None)
    every = resident.batch(torch.arange(3))
    assert torch.equal(resident.batch(torch.tensor(index)), every[index])
