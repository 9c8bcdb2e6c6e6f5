"""Detectors: one table, lower means more likely wrong, whatever was recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from mild.core import detectors
from mild.core.detectors import DETECTORS, Recorded
from mild.core.detectors.confident_learning import confident_learning_score
from mild.core.detectors.fused import mean_rank, ranks_of
from mild.core.detectors.small_loss import small_loss_score
from mild.core.dynamics import pack_status
from mild.errors import EvaluationError
from tests.core.simulated import simulate

N_CLEAN, N_WRONG, N_EPOCHS = 400, 100, 12


@pytest.fixture
def recording() -> tuple[np.ndarray, ...]:
    """A caricature of training: clean instances are learned early, mislabeled ones late."""
    rng = np.random.default_rng(0)
    start_N = np.concatenate([rng.integers(0, 4, N_CLEAN), rng.integers(8, 14, N_WRONG)])
    status_EN = np.arange(N_EPOCHS)[:, None] >= start_N
    margins_EN = np.where(status_EN, 2.0, -2.0) + 0.1 * rng.standard_normal(status_EN.shape)
    losses_EN = np.log1p(np.exp(-margins_EN))
    probability = np.exp(-losses_EN[-1])
    probabilities_NC = np.stack([probability, 1.0 - probability], axis=1)
    return status_EN, margins_EN, losses_EN, probabilities_NC


def _table(recording: tuple[np.ndarray, ...], **left_out: Any) -> dict[str, np.ndarray]:
    status_EN, margins_EN, losses_EN, probabilities_NC = recording
    given = {
        "losses_EN": losses_EN.astype(np.float16),
        "margins_EN": margins_EN.astype(np.float16),
        "probabilities_NC": probabilities_NC,
    } | left_out
    given_N = np.zeros(N_CLEAN + N_WRONG, dtype=int)
    return detectors.detector_scores(pack_status(status_EN), given_N, **given)


def _in_sample(probabilities_NC: np.ndarray, given_N: np.ndarray) -> Recorded:
    nothing_EK = pack_status(np.zeros((1, len(given_N)), dtype=np.uint8))
    return Recorded(packed_EK=nothing_EK, given_N=given_N, probabilities_NC=probabilities_NC)


def test_every_score_is_lower_for_mislabeled_instances(recording: tuple[np.ndarray, ...]) -> None:
    for name, score_N in _table(recording).items():
        assert score_N.shape == (N_CLEAN + N_WRONG,)
        assert np.isfinite(score_N).all()
        if name != "forgetting-events":
            assert score_N[N_CLEAN:].mean() < score_N[:N_CLEAN].mean(), name


def test_what_was_not_recorded_is_left_out(recording: tuple[np.ndarray, ...]) -> None:
    table = _table(recording, losses_EN=None, margins_EN=None, probabilities_NC=None)
    assert list(table) == ["metric", "forgetting-events"]


def test_without_cleanlab_confident_learning_is_left_out_or_says_so(
    recording: tuple[np.ndarray, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mild.core.detectors.confident_learning.has_cleanlab", lambda: False)
    assert "confident-learning" not in _table(recording)
    monkeypatch.setitem(__import__("sys").modules, "cleanlab.rank", None)
    with pytest.raises(EvaluationError, match="pip install cleanlab"):
        confident_learning_score(_in_sample(recording[3], np.zeros(500, dtype=int)))


def test_every_name_is_announced(recording: tuple[np.ndarray, ...]) -> None:
    assert set(_table(recording)) <= set(DETECTORS)


def test_the_mean_loss_and_the_margin_are_means_over_epochs(
    recording: tuple[np.ndarray, ...],
) -> None:
    _, margins_EN, losses_EN, _ = recording
    table = _table(recording, losses_EN=losses_EN, margins_EN=margins_EN)
    np.testing.assert_allclose(table["mean-loss"], -losses_EN.mean(axis=0))
    np.testing.assert_allclose(table["aum"], margins_EN.mean(axis=0))
    np.testing.assert_allclose(table["data-maps"], np.exp(-losses_EN).mean(axis=0))


def test_a_fusion_is_a_row_with_the_mean_rank_of_others(recording: tuple[np.ndarray, ...]) -> None:
    status_EN, margins_EN, losses_EN, _ = recording
    given_N = np.zeros(N_CLEAN + N_WRONG, dtype=int)
    recorded = Recorded(
        packed_EK=pack_status(status_EN), given_N=given_N, losses_EN=losses_EN,
        margins_EN=margins_EN,
    )  # fmt: skip
    both = ranks_of(DETECTORS["mean-loss"], DETECTORS["metric"])
    ranks_DN = both(recorded)
    assert ranks_DN is not None
    score_N = mean_rank(ranks_DN)
    expected_DN = [
        rankdata(DETECTORS[name].score(recorded)) - 1 for name in ("mean-loss", "metric")
    ]
    np.testing.assert_allclose(score_N, np.mean(expected_DN, axis=0) / (len(given_N) - 1))
    assert ranks_of(DETECTORS["mean-loss"], DETECTORS["confident-learning"])(recorded) is None


def test_infinite_losses_of_half_precision_do_not_spoil_a_score() -> None:
    losses_EN = np.array([[0.5, np.inf, 0.1], [0.5, 2.0, 0.1]], dtype=np.float16)
    packed_EK = pack_status(np.ones((2, 3), dtype=np.uint8))
    table = detectors.detector_scores(packed_EK, np.zeros(3, dtype=int), losses_EN=losses_EN)
    assert all(np.isfinite(score_N).all() for score_N in table.values())


def test_equal_losses_are_all_small() -> None:
    assert small_loss_score(np.full(5, 0.7)).tolist() == [1.0] * 5
    assert small_loss_score(np.array([0.7])).tolist() == [1.0]


def test_a_recording_of_other_instances_is_refused(recording: tuple[np.ndarray, ...]) -> None:
    with pytest.raises(EvaluationError, match="Recorded margins have shape"):
        _table(recording, margins_EN=np.zeros((12, 3)))


def test_confident_learning_ranks_mislabeled_instances_lower() -> None:
    pytest.importorskip("cleanlab", reason="the optional package cleanlab is not installed")
    rng = np.random.default_rng(0)
    clean_N = rng.integers(4, size=800)
    given_N = np.where(rng.random(800) < 0.2, (clean_N + 1) % 4, clean_N)
    logits_NC = rng.normal(size=(800, 4)) + 3 * np.eye(4)[clean_N]
    probabilities_NC = np.exp(logits_NC) / np.exp(logits_NC).sum(axis=1, keepdims=True)
    score_N = confident_learning_score(_in_sample(probabilities_NC, given_N))
    wrong_N = given_N != clean_N
    assert np.median(score_N[wrong_N]) < np.quantile(score_N[~wrong_N], 0.1)
    backwards = _in_sample(probabilities_NC[::-1], given_N[::-1])
    assert confident_learning_score(backwards) == pytest.approx(score_N[::-1])


def test_detectors_are_ranked_by_how_well_they_tell_planted_labels() -> None:
    simulated = simulate(0.2)
    scores = {
        "nothing": np.random.default_rng(0).random(simulated.planted_N.size),
        "mean-loss": -simulated.mean_loss_N,
        "metric": -simulated.misclassified_N.astype(np.float64),
    }
    ranking = detectors.rank_by_planted(scores, simulated.planted_N, noise_rate=0.2)
    assert list(ranking) == ["mean-loss", "metric", "nothing"]
    assert ranking["nothing"] == pytest.approx(0.5, abs=0.05)


def test_the_ranking_is_that_against_clean_labels() -> None:
    simulated = simulate(0.3, n=20_000, n_planted=2000)
    scores = {"mean-loss": -simulated.mean_loss_N}
    told = detectors.rank_by_planted(scores, simulated.planted_N, noise_rate=0.3)["mean-loss"]
    judged_N = ~simulated.planted_N
    truth = roc_auc_score(simulated.wrong_N[judged_N], simulated.mean_loss_N[judged_N])
    assert told == pytest.approx(truth, abs=0.01)


def test_without_planted_labels_there_is_no_ranking() -> None:
    with pytest.raises(ValueError, match="0 planted and 5 other instances; both kinds are needed"):
        detectors.rank_by_planted({"metric": np.zeros(5)}, np.zeros(5, dtype=bool), 0.1)
