"""Neighbours by features: what the most similar instances are called tells wrong labels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mild.core.detectors import detector_scores
from mild.core.dynamics import pack_status
from mild.errors import EvaluationError

N, N_CLASSES, K = 300, 3, 15


def _blobs(wrong_rate: float) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    clean_N = rng.integers(N_CLASSES, size=N)
    features_ND = np.eye(N_CLASSES)[clean_N] + 0.35 * rng.standard_normal((N, N_CLASSES))
    unit_ND = features_ND / np.linalg.norm(features_ND, axis=1, keepdims=True)
    cosine_NN = unit_ND @ unit_ND.T
    np.fill_diagonal(cosine_NN, -np.inf)
    neighbour_NK = np.argsort(-cosine_NN, axis=1)[:, :K]
    similarity_NK = np.take_along_axis(cosine_NN, neighbour_NK, 1)
    wrong_N = rng.random(N) < wrong_rate
    given_N = np.where(wrong_N, (clean_N + 1) % N_CLASSES, clean_N)
    return given_N, wrong_N, {"neighbour_NK": neighbour_NK, "similarity_NK": similarity_NK}


def _scores(given_N: np.ndarray, **near: np.ndarray) -> dict[str, np.ndarray]:
    return detector_scores(pack_status(np.ones((1, len(given_N)), dtype=np.uint8)), given_N, **near)


def test_both_find_wrong_labels_and_trust_helps_where_many_are_wrong() -> None:
    given_N, wrong_N, near = _blobs(0.3)
    found = _scores(given_N, **near)
    vote, graph = (
        roc_auc_score(wrong_N, -found[name]) for name in ("neighbours", "relation-graph")
    )
    assert vote > 0.8
    assert graph >= vote


def test_scores_are_shares() -> None:
    given_N, _, near = _blobs(0.2)
    for name in ("neighbours", "relation-graph"):
        score_N = _scores(given_N, **near)[name]
        assert score_N.min() >= 0
        assert score_N.max() <= 1


def test_an_instance_whose_neighbours_all_oppose_each_other_is_still_judged() -> None:
    given_N = np.array([0, 1, 2])
    near = {"neighbour_NK": np.array([[1], [2], [0]]), "similarity_NK": np.full((3, 1), 0.5)}
    assert _scores(given_N, **near)["relation-graph"] == pytest.approx([0, 0, 0], abs=0.01)


def test_without_neighbours_on_record_neither_is_there() -> None:
    assert {"neighbours", "relation-graph"}.isdisjoint(_scores(np.zeros(8, dtype=int)))


def test_neighbours_of_another_round_are_refused() -> None:
    with pytest.raises(EvaluationError, match="neighbours have shape"):
        _scores(np.zeros(8, dtype=int), **_blobs(0.1)[2])
