"""Planting: which instances get another label, and what becomes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mild.core.planted.planting import (
    Planted,
    automatic_share,
    never_judged,
    plant,
    taken_for_given,
)


@st.composite
def _labels(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    n_classes = draw(st.integers(2, 6))
    labels = draw(st.lists(st.integers(0, n_classes - 1), min_size=1, max_size=300))
    return np.array(labels), n_classes


@settings(deadline=None)
@given(_labels(), st.floats(0, 0.1), st.integers(0, 5))
def test_planted_labels_are_others_and_come_to_the_share(
    labels: Any, share: float, seed: int
) -> None:
    given_N, n_classes = labels
    planted = plant(given_N, share, n_classes=n_classes, rng=np.random.default_rng(seed))
    assert len(planted) == round(share * len(given_N))
    assert (np.diff(planted.slot_P) > 0).all()
    assert (planted.label_P != given_N[planted.slot_P]).all()
    assert ((planted.label_P >= 0) & (planted.label_P < n_classes)).all()
    trained_N, mask_N = planted.trained_on(given_N), planted.mask(len(given_N))
    assert ((trained_N != given_N) == mask_N).all()
    for label in range(n_classes):
        n_planted = (given_N[planted.slot_P] == label).sum()
        assert abs(n_planted - share * (given_N == label).sum()) < 1 + 1e-6


@settings(deadline=None)
@given(_labels(), st.floats(0, 0.1), st.data())
def test_what_is_avoided_is_planted_only_where_a_class_has_no_others(
    labels: Any, share: float, data: st.DataObject
) -> None:
    given_N, n_classes = labels
    n = len(given_N)
    avoid_N = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    rng = np.random.default_rng(0)
    planted = plant(given_N, share, n_classes=n_classes, rng=rng, avoid_N=avoid_N)
    mask_N = planted.mask(n)
    assert len(planted) == round(share * n)
    for label in range(n_classes):
        of_class_N = given_N == label
        if (mask_N & avoid_N & of_class_N).any():
            assert mask_N[of_class_N & ~avoid_N].all()


def test_every_other_class_is_as_often_the_new_label() -> None:
    given_N = np.repeat(np.arange(5), 800)
    planted = plant(given_N, 0.1, n_classes=5, rng=np.random.default_rng(0))
    for label in range(5):
        new = planted.label_P[given_N[planted.slot_P] == label]
        counts = np.bincount(new, minlength=5)
        assert counts[label] == 0
        assert np.delete(counts, label).tolist() == [20] * 4


def test_the_same_seed_draws_the_same_and_another_seed_others() -> None:
    given_N = np.arange(1000) % 10
    one, two, other = (
        plant(given_N, 0.05, n_classes=10, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert one.slot_P.tolist() == two.slot_P.tolist()
    assert one.label_P.tolist() == two.label_P.tolist()
    assert one.slot_P.tolist() != other.slot_P.tolist()


def test_nothing_is_planted_where_there_is_no_other_class_or_no_share() -> None:
    rng = np.random.default_rng(0)
    assert len(plant(np.zeros(100, dtype=int), 0.1, n_classes=1, rng=rng)) == 0
    assert len(plant(np.arange(100) % 4, 0.0, n_classes=4, rng=rng)) == 0
    assert len(Planted.none()) == 0
    assert not Planted.none().mask(3).any()


@pytest.mark.parametrize(
    ("n", "n_planted", "why"),
    [
        (5_000, 150, "enough to tell planted from other labels, and too few to cost anything."),
        (1_437, 100, "fewer than 100 would not tell planted from other labels."),
        (
            300, 30,
            "a tenth is the most, for more would blur the ranking; more images would tell more.",
        ),
        (200_000, 2_000, "more than 2,000 would tell no more."),
    ],
)  # fmt: skip
def test_the_automatic_share_says_its_numbers(n: int, n_planted: int, why: str) -> None:
    share, reason = automatic_share(n)
    assert share * n == pytest.approx(n_planted)
    assert reason == f"{100 * share:.1f} % of {n:,} images ({n_planted:,}): {why}"


@given(st.integers(0, 10**7))
def test_never_more_than_a_tenth_nor_than_2000_are_planted(n: int) -> None:
    share, _ = automatic_share(n)
    assert 0 <= share <= 0.1
    assert share * n <= 2_000 + 1e-6
    assert share * n >= min(100, n // 10) - 1e-6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"share": 0.2}, "the planted share is 0.2; it must be within 0 .. 0.1"),
        ({"share": float("nan")}, "the planted share is nan; it must be within 0 .. 0.1"),
        ({"given_N": np.array([0, 3])}, "one whole number within 0 .. 2 per instance"),
        ({"avoid_N": np.zeros(3, dtype=bool)}, r"has shape \(3,\), but there are 2 given labels"),
    ],
)
def test_what_cannot_be_planted_is_said(changes: dict[str, Any], sentence: str) -> None:
    asked: dict[str, Any] = {"given_N": np.array([0, 1]), "share": 0.1, "n_classes": 3} | changes
    with pytest.raises(ValueError, match=sentence):
        plant(asked.pop("given_N"), asked.pop("share"), rng=np.random.default_rng(0), **asked)


def test_a_network_that_never_saw_the_given_label_may_find_it_or_another() -> None:
    predictions_EP = np.array([[0, 0, 2, 1], [1, 2, 2, 0], [1, 2, 2, 2]])
    kept_P, taken_for_P = taken_for_given(
        predictions_EP, np.array([0, 0, 2, 0]), np.array([1, 1, 1, 2])
    )
    assert taken_for_P.tolist() == [1, 2, -1, 1]
    assert kept_P.tolist() == [True, False, True, False]


def test_an_instance_planted_in_every_round_was_judged_by_none() -> None:
    rounds = [np.array([1, 4, 7]), np.array([2, 4]), np.array([2, 4, 7])]
    assert never_judged(rounds).tolist() == [4]
    assert never_judged(rounds[:1]).tolist() == [1, 4, 7]
