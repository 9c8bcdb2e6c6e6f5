"""The refined metric: a count, and within a count the order of the mean loss."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mild.core.dynamics.refined import mean_of_epochs, refined_metric

instances = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 400).map(lambda item: item / 100)),
    min_size=1,
    max_size=60,
)


def _arrays(drawn: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:
    counts_N, loss_N = zip(*drawn, strict=True)
    return np.array(counts_N), np.array(loss_N)


@settings(max_examples=60, deadline=None)
@given(instances)
def test_it_lies_within_its_count_and_the_next(drawn: list[tuple[int, float]]) -> None:
    counts_N, loss_N = _arrays(drawn)
    refined_N = refined_metric(counts_N, loss_N)
    assert (np.floor(refined_N) == counts_N).all()


@settings(max_examples=60, deadline=None)
@given(instances)
def test_it_orders_by_count_and_then_by_loss_and_ties_are_equal(
    drawn: list[tuple[int, float]],
) -> None:
    counts_N, loss_N = _arrays(drawn)
    refined_N = refined_metric(counts_N, loss_N)
    keys = list(zip(counts_N.tolist(), loss_N.tolist(), strict=True))
    for key, value in zip(keys, refined_N, strict=True):
        for other, its in zip(keys, refined_N, strict=True):
            assert (key < other) == (value < its)
            assert (key == other) == (value == its)


@settings(max_examples=40, deadline=None)
@given(instances, st.randoms(use_true_random=False))
def test_the_order_of_instances_does_not_matter(
    drawn: list[tuple[int, float]], random: Random
) -> None:
    counts_N, loss_N = _arrays(drawn)
    order = list(range(len(drawn)))
    random.shuffle(order)
    shuffled = refined_metric(counts_N[order], loss_N[order])
    assert shuffled.tolist() == refined_metric(counts_N, loss_N)[order].tolist()


@pytest.mark.parametrize("rescale", [np.sqrt, np.log1p, lambda loss_N: 1000 * loss_N])
def test_only_the_order_of_the_losses_counts(rescale: Callable[[np.ndarray], np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    counts_N, loss_N = rng.integers(0, 12, 500), rng.gamma(1.0, 2.0, 500)
    refined_N = refined_metric(counts_N, loss_N)
    assert (refined_metric(counts_N, rescale(loss_N)) == refined_N).all()


def test_without_losses_it_is_the_count() -> None:
    assert refined_metric(np.array([3, 0, 7]), None).tolist() == [3.0, 0.0, 7.0]
    assert refined_metric(np.array([], dtype=int), np.array([])).size == 0


def test_equal_losses_leave_the_counts() -> None:
    assert refined_metric(np.array([3, 0, 3]), np.full(3, 0.5)).tolist() == [3.0, 0.0, 3.0]


def test_an_infinite_loss_is_the_largest_and_none_at_all_the_smallest() -> None:
    refined_N = refined_metric(np.array([1, 1, 1]), np.array([np.inf, 2.0, np.nan]))
    assert np.argsort(refined_N).tolist() == [2, 1, 0]
    assert np.isfinite(refined_N).all()


def test_losses_of_other_instances_are_refused() -> None:
    with pytest.raises(ValueError, match=r"mean losses have shape \(2,\), counts \(3,\)"):
        refined_metric(np.array([1, 2, 3]), np.array([0.1, 0.2]))


def test_the_mean_of_half_precision_losses_does_not_overflow() -> None:
    losses_EN = np.full((100, 2), 60000.0, dtype=np.float16)
    losses_EN[0, 1] = np.inf
    mean_N = mean_of_epochs(losses_EN)
    assert mean_N == pytest.approx([60000.0, 60000.0], rel=0.01)
    assert mean_of_epochs(losses_EN, 1)[1] == 65504.0
