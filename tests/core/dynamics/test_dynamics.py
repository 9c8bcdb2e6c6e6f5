"""Dynamics: what is counted, and that it is counted without the matrix in memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mild.core import dynamics

STATUS = st.tuples(st.integers(1, 12), st.integers(1, 40)).flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 1))
)


@given(STATUS)
def test_unpacking_gives_back_what_was_packed(status_EN: np.ndarray) -> None:
    packed_EK = dynamics.pack_status(status_EN)
    assert (dynamics.unpack_status(packed_EK, status_EN.shape[1]) == status_EN).all()


@given(STATUS)
def test_the_summary_is_what_one_counts_by_hand(status_EN: np.ndarray) -> None:
    result = dynamics.summarize(dynamics.pack_status(status_EN), status_EN.shape[1])
    for i, history in enumerate(status_EN.T.tolist()):
        text = "".join(map(str, history))
        assert result.misclassified_N[i] == text.count("0")
        assert result.first_memorized_epoch_N[i] == (text.find("1") + 1 or dynamics.NEVER)
        assert result.learning_events_N[i] == text.count("01")
        assert result.forgetting_events_N[i] == text.count("10")


@given(STATUS)
def test_the_metric_is_waiting_minus_memorized_epochs(status_EN: np.ndarray) -> None:
    n_epochs, n = status_EN.shape
    counts_N = dynamics.misclassified_counts(dynamics.pack_status(status_EN), n)
    result = dynamics.summarize(dynamics.pack_status(status_EN), n)
    expected_N = (status_EN == 0).sum(axis=0) - (status_EN == 1).sum(axis=0)
    assert (dynamics.metric(counts_N, n_epochs) == expected_N).all()
    assert (result.metric_N == expected_N).all()


@given(STATUS, st.integers(0, 12))
def test_the_count_at_an_epoch_is_the_count_of_the_rows_before(
    status_EN: np.ndarray, n_epochs: int
) -> None:
    packed_EK, n = dynamics.pack_status(status_EN), status_EN.shape[1]
    n_epochs = min(n_epochs, len(status_EN))
    counts_N = dynamics.misclassified_counts(packed_EK, n, n_epochs=n_epochs)
    assert (counts_N == (status_EN[:n_epochs] == 0).sum(axis=0)).all()


def test_counts_are_right_beyond_255_epochs() -> None:
    status_EN = np.zeros((600, 9), dtype=np.uint8)
    status_EN[::2] = 1
    packed_EK = dynamics.pack_status(status_EN)
    assert dynamics.misclassified_counts(packed_EK, 9).tolist() == [300] * 9


@given(STATUS)
def test_the_memorized_share_is_a_mean_over_the_mask(status_EN: np.ndarray) -> None:
    n = status_EN.shape[1]
    mask_N = np.arange(n) % 3 == 0
    packed_EK = dynamics.pack_status(status_EN)
    share_E = dynamics.memorized_share(packed_EK, mask_N)
    np.testing.assert_allclose(share_E, status_EN[:, mask_N].mean(axis=1))
    np.testing.assert_allclose(dynamics.memorized_share(packed_EK, n=n), status_EN.mean(axis=1))


def test_the_memorized_share_of_nobody_is_not_a_number() -> None:
    packed_EK = dynamics.pack_status(np.ones((2, 3), dtype=np.uint8))
    assert np.isnan(dynamics.memorized_share(packed_EK, np.zeros(3, dtype=bool))).all()


def test_the_most_frequent_other_prediction_is_never_the_given_label() -> None:
    predictions_EN = np.array([[0, 3, 2], [4, 3, 2], [4, 3, 1], [0, 3, 2]])
    other = dynamics.most_frequent_other_prediction(predictions_EN, np.array([0, 3, 1]))
    assert other.label.tolist() == [4, -1, 2]
    assert other.n_epochs.tolist() == [2, 0, 3]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dynamics.pack_status(np.zeros(3)), "status must have shape"),
        (lambda: dynamics.pack_status(np.full((2, 2), 2)), "only 0 .* and 1"),
        (lambda: dynamics.unpack_status(np.zeros((1, 1), np.uint8), 9), "9 instances need 2 bytes"),
        (lambda: dynamics.metric(np.array([4]), 3), "from 4 to 4; with 3 epochs"),
        (lambda: dynamics.metric(np.array([0.5]), 3), "must be integers"),
        (
            lambda: dynamics.misclassified_counts(np.zeros((2, 1), np.uint8), 8, n_epochs=3),
            "n_epochs is 3",
        ),
    ],
)
def test_wrong_arguments_are_named(call: Callable[..., Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_million_instances_by_200_epochs_take_half_a_second_and_200_megabytes(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "status.npy"
    np.save(path, rng.integers(0, 256, size=(200, 125_000), dtype=np.uint8))
    packed_EK = np.load(path, mmap_mode="r")
    tracemalloc.start()
    dynamics.misclassified_counts(packed_EK, 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        dynamics.misclassified_counts(packed_EK, 1_000_000)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) <= 0.5
    assert peak <= 200e6


@settings(max_examples=20)
@given(STATUS, st.randoms(use_true_random=False))
def test_the_order_of_instances_does_not_matter(status_EN: np.ndarray, random: Random) -> None:
    n = status_EN.shape[1]
    order = list(range(n))
    random.shuffle(order)
    counts_N = dynamics.misclassified_counts(dynamics.pack_status(status_EN), n)
    shuffled_N = dynamics.misclassified_counts(dynamics.pack_status(status_EN[:, order]), n)
    assert (shuffled_N == counts_N[order]).all()
