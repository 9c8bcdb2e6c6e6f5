"""Evaluation: scikit-learn's figures, every cut at once, and None where nothing is defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from mild.core.evaluation import evaluate, evaluate_cuts
from mild.errors import EvaluationError


def _run(seed: int, n: int = 300, n_epochs: int = 15) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    clean_N = rng.integers(0, 4, n)
    wrong_N = rng.random(n) < 0.3
    given_N = np.where(wrong_N, (clean_N + 1) % 4, clean_N)
    counts_N = rng.binomial(n_epochs, np.where(wrong_N, 0.7, 0.3))
    return counts_N, given_N, clean_N


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 15))
def test_the_figures_are_those_of_scikit_learn(seed: int, cut: int) -> None:
    counts_N, given_N, clean_N = _run(seed)
    kept_N, wrong_N = counts_N < cut, given_N != clean_N
    result = evaluate(counts_N, kept_N, given_N, clean_N)
    if kept_N.any():
        assert result.precision == pytest.approx(precision_score(~wrong_N, kept_N))
    assert result.recall == pytest.approx(recall_score(~wrong_N, kept_N))
    assert result.f1_flagged == pytest.approx(f1_score(wrong_N, ~kept_N, zero_division=0.0))
    assert result.auroc == pytest.approx(roc_auc_score(wrong_N, counts_N))
    assert result.f1_flagged <= result.best_f1_flagged


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_every_cut_at_once_is_every_cut_one_by_one(seed: int) -> None:
    counts_N, given_N, clean_N = _run(seed)
    wrong_N = given_N != clean_N
    table = evaluate_cuts(
        np.bincount(counts_N[~wrong_N], minlength=16), np.bincount(counts_N[wrong_N], minlength=16)
    )
    for cut in range(17):
        result = evaluate(counts_N, counts_N < cut, given_N, clean_N)
        assert table.n_kept[cut] == result.n_kept
        assert table.recall[cut] == pytest.approx(result.recall)
        assert table.f1_flagged[cut] == pytest.approx(result.f1_flagged)
        if result.precision is not None:
            assert table.precision[cut] == pytest.approx(result.precision)
    assert result.best_f1_flagged == pytest.approx(table.f1_flagged.max())
    assert result.best_cut == table.f1_flagged.argmax()


def test_without_a_mislabeled_instance_nothing_about_them_is_defined() -> None:
    labels_N, counts_N = np.array([0, 1, 1]), np.array([0, 1, 2])
    result = evaluate(counts_N, counts_N < 2, labels_N, labels_N)
    assert (result.f1_flagged, result.auroc, result.average_precision) == (None, None, None)
    assert (result.best_f1_flagged, result.best_cut) == (None, None)
    assert result.precision == 1.0
    assert result.recall == pytest.approx(2 / 3)


def test_keeping_nothing_has_no_precision() -> None:
    labels_N, counts_N = np.array([0, 1]), np.array([3, 1])
    result = evaluate(counts_N, np.zeros(2, dtype=bool), labels_N, labels_N[::-1])
    assert result.precision is None
    assert result.recall is None
    assert result.auroc is None
    assert result.f1_flagged == 1.0


def test_the_classes_add_up_to_the_whole() -> None:
    counts_N, given_N, clean_N = _run(3)
    result = evaluate(counts_N, counts_N < 8, given_N, clean_N)
    assert [row.given for row in result.classes] == [0, 1, 2, 3]
    assert sum(row.n for row in result.classes) == result.n
    assert sum(row.n_kept for row in result.classes) == result.n_kept
    assert sum(row.n_mislabeled for row in result.classes) == result.n_mislabeled


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(EvaluationError, match="they must be equally long and not empty"):
        evaluate(np.array([1, 2]), np.array([True]), np.array([0, 1]), np.array([0, 1]))
    with pytest.raises(EvaluationError, match="both need one entry per count"):
        evaluate_cuts(np.array([1, 2]), np.array([1]))
