"""How well planted labels are told after every number of epochs."""

from __future__ import annotations

import numpy as np
import pytest

from mild.core.dynamics import pack_status
from mild.core.dynamics.refined import refined_metric
from mild.core.planted.anchored import auroc_of_planted
from mild.core.planted.separation import NUMBERS_OF_EPOCHS, separation


def _round(n_epochs: int = 40, n: int = 600, memorized_after: int = 12) -> tuple[np.ndarray, ...]:
    """Clean labels are memorized within a few epochs, planted ones all at once after some."""
    rng = np.random.default_rng(0)
    planted_N = np.arange(n) % 10 == 0
    waits_N = np.where(planted_N, memorized_after, rng.integers(0, 6, n))
    status_EN = (np.arange(n_epochs)[:, None] >= waits_N).astype(np.uint8)
    forgotten_EN = rng.random((n_epochs, n)) < 0.3  # later epochs are nothing but noise
    status_EN &= ~(forgotten_EN & (np.arange(n_epochs)[:, None] >= memorized_after))
    losses_EN = (2.0 - 1.9 * status_EN + 0.01 * rng.random(status_EN.shape)).astype(np.float16)
    return pack_status(status_EN), losses_EN, planted_N, status_EN


def test_it_is_the_auroc_of_the_refined_metric_after_so_many_epochs() -> None:
    packed_EK, losses_EN, planted_N, status_EN = _round()
    found = separation(packed_EK, losses_EN, planted_N)
    assert found is not None
    for epochs, auroc in zip(found.epochs, found.auroc, strict=True):
        counts_N = (1 - status_EN[:epochs]).sum(axis=0)
        score_N = refined_metric(counts_N, losses_EN[:epochs].astype(np.float64).sum(axis=0))
        assert auroc == pytest.approx(auroc_of_planted(score_N, planted_N))


def test_the_best_number_of_epochs_is_found() -> None:
    packed_EK, losses_EN, planted_N, _ = _round(memorized_after=12)
    found = separation(packed_EK, losses_EN, planted_N)
    assert found is not None
    assert 6 <= found.best_epochs <= 14
    assert found.auroc.max() > 0.99
    assert found.auroc[-1] < found.auroc.max()


def test_epochs_rise_to_the_last_and_are_not_too_many() -> None:
    for n_epochs in (1, 2, 24, 90):
        packed_EK, losses_EN, planted_N, _ = _round(n_epochs=n_epochs)
        found = separation(packed_EK, losses_EN, planted_N)
        assert found is not None
        assert found.epochs[-1] == n_epochs
        assert (np.diff(found.epochs) > 0).all()
        assert len(found.epochs) == len(found.auroc) == min(n_epochs, NUMBERS_OF_EPOCHS)


def test_without_losses_counts_alone_are_looked_at() -> None:
    packed_EK, _, planted_N, status_EN = _round()
    found = separation(packed_EK, None, planted_N)
    assert found is not None
    counts_N = (1 - status_EN).sum(axis=0).astype(np.float64)
    assert found.auroc[-1] == pytest.approx(auroc_of_planted(counts_N, planted_N))


@pytest.mark.parametrize("n_planted", [0, 600])
def test_without_planted_or_without_others_there_is_none(n_planted: int) -> None:
    packed_EK, losses_EN, _, _ = _round()
    assert separation(packed_EK, losses_EN, np.arange(600) < n_planted) is None


def test_the_correction_raises_it_where_others_are_wrong() -> None:
    packed_EK, losses_EN, planted_N, _ = _round()
    found = separation(packed_EK, losses_EN, planted_N)
    assert found is not None
    assert found.corrected(0.0) == pytest.approx(found.auroc)
    assert (found.corrected(0.1) >= found.auroc - 1e-9)[found.auroc > 0.5].all()


def test_losses_that_overflowed_or_are_no_number_are_survived() -> None:
    packed_EK, losses_EN, planted_N, _ = _round()
    losses_EN[3, :20], losses_EN[4, 20:40] = np.inf, np.nan
    found = separation(packed_EK, losses_EN, planted_N)
    assert found is not None
    assert np.isfinite(found.auroc).all()
