"""The held-out part."""

from __future__ import annotations

import numpy as np
import pytest

from mild.data.labels.split import hold_out


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.99])
def test_every_instance_is_in_one_part_and_every_class_in_both(fraction: float) -> None:
    labels_N = np.repeat([0, 1, 2], [2, 30, 300])
    train, held_out = hold_out(labels_N, fraction, seed=0)
    assert sorted([*train, *held_out]) == list(range(332))
    for label, n in enumerate([2, 30, 300]):
        n_held_out = int(np.sum(labels_N[held_out] == label))
        assert 1 <= n_held_out < n
        assert abs(n_held_out - fraction * n) <= 1


def test_a_share_of_nothing_holds_nothing_out() -> None:
    train, held_out = hold_out(np.repeat([0, 1], [2, 30]), 0.0, seed=0)
    assert train.tolist() == list(range(32))
    assert held_out.size == 0


def test_a_single_instance_of_a_class_is_trained_on() -> None:
    train, held_out = hold_out(np.array([0, 1, 1]), 0.5, seed=0)
    assert 0 in train
    assert 0 not in held_out


def test_the_same_seed_gives_the_same_split_on_every_machine() -> None:
    _, held_out = hold_out(np.arange(20) % 2, 0.2, seed=7)
    assert held_out.tolist() == [4, 7, 11, 12]
    _, other = hold_out(np.arange(20) % 2, 0.2, seed=8)
    assert held_out.tolist() != other.tolist()


def test_another_class_does_not_change_who_is_held_out_before_it() -> None:
    labels_N = np.repeat([0, 1], 50)
    _, alone = hold_out(labels_N, 0.2, seed=3)
    _, with_more = hold_out(np.append(labels_N, [2] * 10), 0.2, seed=3)
    assert alone.tolist() == [i for i in with_more if i < 100]
