"""Verdicts on instances that no network learned the given label of."""

from __future__ import annotations

import numpy as np
import pytest

from mild.core.planted.never_shown import judge_held_out, judge_planted


def taken_for(right: float, truth_N: np.ndarray, n_epochs: int, n_classes: int = 5) -> np.ndarray:
    """Predictions (E, N) that are the truth in a share of the epochs, else any class."""
    rng = np.random.default_rng(0)
    anything_EN = rng.integers(n_classes, size=(n_epochs, len(truth_N)))
    return np.where(rng.random(anything_EN.shape) < right, truth_N, anything_EN)


def test_a_held_out_label_the_network_disagrees_with_is_flagged_with_its_own_suggested() -> None:
    truth_N = np.arange(200) % 5
    given_N = np.where(np.arange(200) < 40, (truth_N + 1) % 5, truth_N)
    opinion = judge_held_out(taken_for(0.8, truth_N, 20), given_N)
    assert (opinion.flagged_N == (given_N != truth_N)).all()
    assert (opinion.suggested_N[:40] == truth_N[:40]).all()
    assert opinion.score_N[:40].max() < opinion.score_N[40:].min()
    assert opinion.score_N.min() >= 0
    assert opinion.score_N.max() <= 1


def test_the_first_half_of_the_epochs_does_not_count() -> None:
    given_N = np.array([0, 0])
    early_EN, late_EN = np.full((3, 2), 4), np.array([[0, 1], [0, 1], [0, 0]])
    opinion = judge_held_out(np.concatenate([early_EN, late_EN]), given_N)
    assert opinion.flagged_N.tolist() == [False, True]
    assert opinion.suggested_N.tolist() == [0, 1]
    assert opinion.score_N.tolist() == pytest.approx([1, 1 / 3])


def test_in_doubt_a_held_out_instance_keeps_its_label() -> None:
    opinion = judge_held_out(np.array([[3, 3], [3, 3], [1, 2], [2, 1]]), np.array([2, 2]))
    assert opinion.flagged_N.tolist() == [False, False]
    assert opinion.suggested_N.tolist() == [1, 1]


def test_what_was_never_taken_for_another_class_suggests_its_given_label() -> None:
    opinion = judge_held_out(np.full((4, 3), 2), np.array([2, 2, 0]))
    assert opinion.suggested_N.tolist() == [2, 2, 2]
    assert opinion.flagged_N.tolist() == [False, False, True]


def test_one_epoch_is_enough() -> None:
    assert judge_held_out(np.array([[1, 0]]), np.array([0, 0])).flagged_N.tolist() == [True, False]


def test_a_planted_label_that_was_learned_says_nothing_about_the_given_one() -> None:
    given_N, planted_N = np.zeros(3, dtype=int), np.ones(3, dtype=int)
    predictions_EN = np.array([[0, 2, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]])
    opinion = judge_planted(predictions_EN, given_N, planted_N)
    assert opinion.flagged_N.tolist() == [False, True, False]
    assert opinion.suggested_N.tolist() == [0, 2, 0]
    assert opinion.score_N.tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 2])


def test_a_planted_label_beyond_every_prediction_is_understood() -> None:
    opinion = judge_planted(np.array([[0], [0]]), np.array([0]), np.array([9]))
    assert opinion.flagged_N.tolist() == [False]


def test_predictions_that_do_not_fit_are_a_sentence() -> None:
    with pytest.raises(ValueError, match="one column per instance"):
        judge_held_out(np.zeros((3, 4), dtype=int), np.zeros(5, dtype=int))
    with pytest.raises(ValueError, match="no epoch to judge by"):
        judge_held_out(np.zeros((0, 4), dtype=int), np.zeros(4, dtype=int))
