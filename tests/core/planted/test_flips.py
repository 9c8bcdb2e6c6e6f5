"""Flips of whole classes are found; what looks like them by nature or by chance is not."""

from __future__ import annotations

import numpy as np
import pytest

from mild.core.planted.flips import (
    MIN_CLASS,
    search_flips,
    suspected_flips,
    taken_for_each_other,
)
from mild.core.planted.pairs import MixedPairs

N_CLASSES, EACH = 10, 300


def _predicted(clean_N: np.ndarray, rng: np.random.Generator, errors: float = 0.1) -> np.ndarray:
    """What a fair network takes images for: mostly what they are; shape (6, N)."""
    mistaken_EN = rng.random((6, clean_N.size)) < errors
    return np.where(mistaken_EN, rng.integers(0, N_CLASSES, mistaken_EN.shape), clean_N)


def _labels() -> np.ndarray:
    return np.repeat(np.arange(N_CLASSES), EACH)


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_one_class_flipped_to_another_is_found_and_named(share: float) -> None:
    rng = np.random.default_rng(0)
    clean_N = _labels()
    given_N = clean_N.copy()
    given_N[(clean_N == 4) & (rng.random(clean_N.size) < share)] = 7
    (flip,) = suspected_flips(_predicted(clean_N, rng), given_N, 6)
    assert (flip.given, flip.taken_for) == (7, 4)
    assert flip.excess == pytest.approx(share / (1 + share), abs=0.05)


def test_every_class_flipped_a_little_is_found() -> None:
    rng = np.random.default_rng(1)
    clean_N = _labels()
    given_N = np.where(rng.random(clean_N.size) < 0.2, (clean_N + 1) % N_CLASSES, clean_N)
    flips = suspected_flips(_predicted(clean_N, rng), given_N, 6)
    assert len(flips) >= 8
    assert all((flip.taken_for + 1) % N_CLASSES == flip.given for flip in flips)
    assert [flip.excess for flip in flips] == sorted((f.excess for f in flips), reverse=True)


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.6])
def test_labels_wrong_at_random_are_no_flips(rate: float) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        clean_N = _labels()
        drawn_N = rng.integers(0, N_CLASSES, clean_N.size)
        given_N = np.where(rng.random(clean_N.size) < rate, drawn_N, clean_N)
        assert suspected_flips(_predicted(clean_N, rng), given_N, 6) == ()


def test_classes_confused_both_ways_are_no_flips() -> None:
    rng = np.random.default_rng(2)
    given_N = _labels()
    looks_like_N = given_N.copy()
    confused_N = np.isin(given_N, (3, 5)) & (rng.random(given_N.size) < 0.4)
    looks_like_N[confused_N] = 8 - given_N[confused_N]
    assert suspected_flips(_predicted(looks_like_N, rng), given_N, 6) == ()


def test_small_classes_are_not_looked_at() -> None:
    rng = np.random.default_rng(3)
    given_N = np.concatenate([_labels(), np.full(MIN_CLASS - 1, 10)])
    looks_like_N = np.where(given_N == 10, 0, given_N)
    assert suspected_flips(_predicted(looks_like_N, rng), given_N, 6) == ()


def test_of_two_classes_the_harder_one_is_no_flip_but_a_clear_one_is() -> None:
    rng = np.random.default_rng(4)
    given_N = np.repeat([0, 1], 500)
    harder_EN = np.tile(np.where((given_N == 1) & (rng.random(1000) < 0.15), 0, given_N), (6, 1))
    flipped_EN = np.tile(np.where((given_N == 1) & (rng.random(1000) < 0.45), 0, given_N), (6, 1))
    assert suspected_flips(harder_EN, given_N, 6) == ()
    (flip,) = suspected_flips(flipped_EN, given_N, 6)
    assert (flip.given, flip.taken_for) == (1, 0)


def test_names_of_classes_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    clean_N = _labels()
    given_N = np.where((clean_N == 2) & (rng.random(clean_N.size) < 0.4), 6, clean_N)
    predictions_EN = _predicted(clean_N, rng)
    renamed_C = rng.permutation(N_CLASSES)
    (flip,) = suspected_flips(predictions_EN, given_N, 6)
    (renamed,) = suspected_flips(renamed_C[predictions_EN], renamed_C[given_N], 6)
    assert (renamed.given, renamed.taken_for) == (renamed_C[flip.given], renamed_C[flip.taken_for])
    assert renamed.excess == flip.excess


def test_nothing_recorded_is_nothing_suspected() -> None:
    assert suspected_flips(np.zeros((0, 5), dtype=int), np.zeros(5, dtype=int), 3) == ()
    assert suspected_flips(np.zeros((3, 0), dtype=int), np.zeros(0, dtype=int), 3) == ()


def test_two_classes_that_hold_the_same_are_taken_for_each_other() -> None:
    rng = np.random.default_rng(6)
    given_N = _labels()
    looks_like_N = np.where((given_N == 3) & (rng.random(given_N.size) < 0.5), 5, given_N)
    looks_like_N = np.where((given_N == 5) & (rng.random(given_N.size) < 0.4), 3, looks_like_N)
    predictions_EN = _predicted(looks_like_N, rng)
    (swap,) = taken_for_each_other(predictions_EN, given_N, 6)
    assert (swap.given, swap.taken_for) == (3, 5)
    assert (swap.there, swap.back) == pytest.approx((0.5, 0.4), abs=0.07)
    assert swap.of_all == pytest.approx((swap.there + swap.back) / N_CLASSES)
    found, pairs = search_flips(predictions_EN, given_N, given_N < 0, 6)
    assert found == swap
    assert isinstance(pairs, MixedPairs)
    assert pairs.pairs == ((3, 5),)


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.6])
def test_labels_wrong_at_random_are_not_taken_for_each_other(rate: float) -> None:
    rng = np.random.default_rng(7)
    clean_N = _labels()
    drawn_N = rng.integers(0, N_CLASSES, clean_N.size)
    given_N = np.where(rng.random(clean_N.size) < rate, drawn_N, clean_N)
    assert taken_for_each_other(_predicted(clean_N, rng), given_N, 6) == ()


def test_two_rare_classes_taken_for_each_other_do_not_matter() -> None:
    rng = np.random.default_rng(8)
    given_N = np.concatenate([np.repeat(np.arange(N_CLASSES), 3 * EACH), [10] * 60, [11] * 60])
    rare_N = (given_N >= N_CLASSES) & (rng.random(given_N.size) < 0.5)
    assert (
        taken_for_each_other(np.tile(np.where(rare_N, 21 - given_N, given_N), (6, 1)), given_N, 6)
        == ()
    )
