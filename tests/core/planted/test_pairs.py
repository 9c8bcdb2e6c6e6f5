"""Classes mixed up two by two are seen where each is too small to be judged alone."""

from __future__ import annotations

import numpy as np
import pytest

from mild.core.planted.flips import search_flips, suspected_flips, taken_for_each_other
from mild.core.planted.pairs import MixedPairs, effective_pairs, mixed_pairs

N_CLASSES, EACH = 10, 35
PARTNERS = {(label, label + 1) for label in range(0, N_CLASSES, 2)}


def _small_classes(taken: int, share_back: float = 0.0) -> np.ndarray:
    """Count 35 of each class, of which so many of every second one are taken for its partner."""
    n_CC = np.diag(np.full(N_CLASSES, EACH))
    for a, b in PARTNERS:
        there, back = taken, round(share_back * taken)
        n_CC[b, a] += there
        n_CC[b, b] -= there
        n_CC[a, b] += back
        n_CC[a, a] -= back
    return n_CC


@pytest.mark.parametrize("share_back", [0.0, 0.5, 1.0])
def test_small_classes_mixed_up_two_by_two_are_found_and_named(share_back: float) -> None:
    (mixed,) = mixed_pairs(_small_classes(6, share_back))
    assert set(mixed.pairs) == PARTNERS
    assert mixed.of_all == pytest.approx(5 * 6 * (1 + share_back) / (N_CLASSES * EACH), abs=0.01)


def test_each_class_alone_is_too_small_to_see_it() -> None:
    n_CC = _small_classes(6)
    given_N = np.repeat(np.arange(N_CLASSES), EACH)
    seen_N = np.concatenate([np.repeat(np.arange(N_CLASSES), row_C) for row_C in n_CC])
    seen_EN = np.tile(seen_N, (6, 1))
    assert suspected_flips(seen_EN, given_N, 6) == ()
    assert taken_for_each_other(seen_EN, given_N, 6) == ()
    (mixed,) = search_flips(seen_EN, given_N, np.zeros(given_N.size, bool), 6)
    assert isinstance(mixed, MixedPairs)


def test_what_a_network_takes_them_for_in_its_first_epochs_does_not_count() -> None:
    given_N = np.repeat(np.arange(N_CLASSES), EACH)
    learned_EN = np.tile(given_N, (6, 1))
    learned_EN[:3] = given_N ^ 1
    assert search_flips(learned_EN, given_N, np.zeros(given_N.size, bool), 6) == ()


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.4])
def test_labels_wrong_at_random_spread_over_all_pairs(rate: float) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        clean_N = np.repeat(np.arange(N_CLASSES), EACH)
        drawn_N = rng.integers(0, N_CLASSES, clean_N.size)
        given_N = np.where(rng.random(clean_N.size) < rate, drawn_N, clean_N)
        n_CC = np.zeros((N_CLASSES, N_CLASSES), dtype=np.int64)
        np.add.at(n_CC, (given_N, clean_N), 1)
        assert mixed_pairs(n_CC) == ()


def test_few_mistakes_and_few_classes_are_not_judged() -> None:
    assert mixed_pairs(_small_classes(2)) == ()  # 10 of 350 instances
    of_three_CC = np.array([[30, 0, 0], [15, 30, 0], [0, 0, 45]])
    assert mixed_pairs(of_three_CC) == ()
    assert mixed_pairs(np.zeros((0, 0), dtype=np.int64)) == ()


def test_pairs_count_by_how_seldom_two_instances_share_one() -> None:
    equal_CC = np.triu(np.full((4, 4), 100), 1)
    assert effective_pairs(equal_CC) == pytest.approx(6, abs=0.1)
    assert effective_pairs(np.triu(np.ones((4, 4), dtype=np.int64), 1)) == float("inf")
