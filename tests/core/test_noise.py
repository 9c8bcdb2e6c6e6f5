"""Noise: exact counts, honest rates, the same labels everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mild.core.noise import CIFAR10_MAP, MODELS, corrupt
from mild.core.noise.noisy_labels import NoisyLabels
from mild.errors import NoiseError

CLEAN = np.random.default_rng(0).integers(0, 10, size=4000)
IMAGES = np.random.default_rng(1).integers(0, 256, size=(4000, 8, 8), dtype=np.uint8)
UNIFORM = np.full((10, 10), 0.02) + 0.8 * np.eye(10)

DIGESTS = {
    "none": "51a0a06ba729",
    "symmetric": "79ba4b500ee5",
    "symmetric-exclusive": "dfd019736d8f",
    "asymmetric": "caa7b40a2c56",
    "pairflip": "757c998a2b97",
    "class-map": "caa7b40a2c56",
    "instance": "0989de533d3b",
    "matrix": "7f98f26dd477",
}
"""Of the labels drawn here; numpy promises the stream of a seeded generator per version."""


def _noisy(
    model: str, rate: float = 0.3, seed: int = 0, clean: np.ndarray = CLEAN, **more: Any
) -> NoisyLabels:
    more.setdefault("data_set", "cifar10")
    more.setdefault("images_N", IMAGES)
    more.setdefault("matrix_CC", UNIFORM)
    if model == "class-map":
        more.setdefault("class_map", CIFAR10_MAP)
    rng = np.random.default_rng(seed)
    return corrupt(clean, model=model, rate=rate, n_classes=10, rng=rng, **more)


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same_labels(model: str) -> None:
    first, second, other = _noisy(model), _noisy(model), _noisy(model, seed=1)
    assert (first.given_N == second.given_N).all()
    assert model == "none" or (first.given_N != other.given_N).any()


@pytest.mark.parametrize("model", MODELS)
def test_the_actual_rate_and_matrix_are_those_of_the_labels(model: str) -> None:
    noisy = _noisy(model)
    assert noisy.actual_rate == np.mean(noisy.given_N != CLEAN)
    np.testing.assert_allclose(noisy.requested_matrix_CC.sum(axis=1), 1.0)
    np.testing.assert_allclose(noisy.actual_matrix_CC.sum(axis=1), 1.0)
    for label in range(10):
        expected_C = np.bincount(noisy.given_N[label == CLEAN], minlength=10)
        actual_C = noisy.actual_matrix_CC[label]
        np.testing.assert_allclose(actual_C, expected_C / expected_C.sum())
    assert np.abs(noisy.actual_matrix_CC - noisy.requested_matrix_CC).max() < 0.06


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100), st.integers(1, 500))
def test_exclusive_symmetric_noise_changes_exactly_the_floor_of_the_share(
    percent: int, n: int
) -> None:
    clean = np.arange(n) % 10
    noisy = _noisy("symmetric-exclusive", percent / 100, clean=clean)
    assert (noisy.given_N != clean).sum() == percent * n // 100


def test_symmetric_noise_includes_the_true_label() -> None:
    noisy = _noisy("symmetric", 0.8, clean=np.zeros(100_000, dtype=int))
    assert noisy.actual_rate == pytest.approx(0.8 * 0.9, abs=0.005)
    assert noisy.requested_matrix_CC[0, 0] == pytest.approx(0.28)


def test_asymmetric_noise_on_cifar10_moves_an_exact_share_of_five_classes() -> None:
    noisy = _noisy("asymmetric", 0.4)
    for label in range(10):
        members = noisy.given_N[label == CLEAN]
        changed = members[members != label]
        if label in CIFAR10_MAP:
            assert changed.size == int(0.4 * members.size)
            assert (changed == CIFAR10_MAP[label]).all()
        else:
            assert changed.size == 0


def test_asymmetric_noise_on_cifar100_stays_within_blocks_of_five() -> None:
    clean = np.repeat(np.arange(100), 10)
    rng = np.random.default_rng(0)
    noisy = corrupt(
        clean, model="asymmetric", rate=0.5, n_classes=100, rng=rng, data_set="cifar100"
    )
    changed = noisy.given_N != clean
    assert changed.sum() == 500
    assert (noisy.given_N[clean == 4][changed[clean == 4]] == 0).all()
    assert (noisy.given_N // 5 == clean // 5).all()


def test_pairflip_moves_to_the_next_class_and_around() -> None:
    noisy = _noisy("pairflip", 0.5)
    changed = noisy.given_N != CLEAN
    assert (noisy.given_N[changed] == (CLEAN[changed] + 1) % 10).all()


def test_instance_noise_reaches_its_rate_and_depends_on_the_image() -> None:
    noisy = _noisy("instance", 0.4)
    assert noisy.actual_rate == pytest.approx(0.4, abs=0.03)
    shuffled = _noisy("instance", 0.4, images_N=IMAGES[::-1])
    assert (noisy.given_N != shuffled.given_N).any()


def test_instance_noise_does_not_depend_on_the_order_of_sums() -> None:
    features = IMAGES.reshape(4000, 64).astype(np.float64) / 255
    first = _noisy("instance", images_N=features)
    second = _noisy("instance", images_N=np.asfortranarray(features))
    assert (first.given_N == second.given_N).all()


def test_labels_are_those_of_every_other_machine() -> None:
    digests = {
        model: hashlib.sha256(_noisy(model).given_N.astype("<i8").tobytes()).hexdigest()[:12]
        for model in MODELS
    }
    assert digests == DIGESTS


def test_a_class_map_of_ones_own_is_followed() -> None:
    noisy = _noisy("asymmetric", 1.0, class_map={2: 7})
    assert (noisy.given_N[CLEAN == 2] == 7).all()
    assert (noisy.given_N[CLEAN != 2] == CLEAN[CLEAN != 2]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "wild"}, "Noise model 'wild' is unknown; choose one of none, symmetric"),
        ({"model": "symmetric", "rate": 1.5}, "The noise rate is 1.5; it must be within 0 and 1."),
        ({"model": "asymmetric", "data_set": "digits"}, "there is no agreed map"),
        ({"model": "asymmetric", "class_map": {0: 10}}, "The class map names class 10"),
        ({"model": "class-map", "class_map": None}, "'class-map' needs a class map"),
        ({"model": "matrix", "matrix_CC": np.eye(3)}, "it must be 10 x 10"),
        ({"model": "matrix", "matrix_CC": np.ones((10, 10))}, "Row 0 of the transition matrix"),
        ({"model": "matrix", "matrix_CC": np.full((10, 10), np.nan)}, "Row 0 of the transition"),
        ({"model": "instance", "images_N": None}, "4000 are needed, there are none"),
        ({"model": "symmetric", "clean": CLEAN + 1}, "Labels run from 1 to 10"),
        ({"model": "symmetric", "clean": CLEAN * 0.5}, "they must be whole numbers"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(NoiseError, match=message):
        _noisy(**arguments)


@pytest.mark.parametrize("model", MODELS)
def test_no_instances_have_no_noise(model: str) -> None:
    noisy = _noisy(model, clean=np.zeros(0, dtype=int), images_N=IMAGES[:0])
    assert noisy.given_N.size == 0
    assert noisy.actual_rate == 0.0
