"""The anchored fit: the noise rate and the cut that planted labels tell, whatever the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mild.core.dynamics.refined import refined_metric
from mild.core.planted.anchored import (
    AnchoredFit,
    auroc_of_planted,
    corrected_auroc,
    fit_anchored,
    weighted_quantiles,
)
from mild.core.selection.estimates import estimate_anchored
from tests.core.simulated import SimulatedRound, simulate

SHAPES: dict[str, dict[str, Any]] = {
    "mislabeled ones late": {},
    "mislabeled ones never": {"wrong": (60.0, 6.0)},
    "memorized within a few epochs": {"clean": (0.4, 1.0), "wrong": (3.0, 2.0)},
    "memorized within one or two": {"clean": (0.2, 1.0), "wrong": (1.6, 3.0)},
    "a slow network": {"clean": (4.0, 1.0), "wrong": (24.0, 4.0)},
}


def _fit(simulated: SimulatedRound) -> tuple[np.ndarray, AnchoredFit]:
    score_N = refined_metric(simulated.misclassified_N, simulated.mean_loss_N)
    return score_N, fit_anchored(score_N, simulated.planted_N, others=[simulated.mean_loss_N])


def _f1(flagged_N: np.ndarray, wrong_N: np.ndarray) -> float:
    return float(2 * (flagged_N & wrong_N).sum() / (flagged_N.sum() + wrong_N.sum()))


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 0.5])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_noise_rate_is_recovered_whatever_the_shapes(shape: str, rate: float) -> None:
    _, fit = _fit(simulate(rate, **SHAPES[shape]))
    assert fit.noise_rate == pytest.approx(rate, abs=0.05)
    low, high = fit.noise_rate_interval
    assert low - 0.01 <= fit.noise_rate <= high
    assert low - 0.03 <= rate <= high + 0.03


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_cut_is_close_to_the_best_one(shape: str, rate: float) -> None:
    simulated = simulate(rate, **SHAPES[shape])
    score_N, fit = _fit(simulated)
    judged_N = ~simulated.planted_N
    wrong_N = simulated.wrong_N[judged_N]
    reached = _f1(score_N[judged_N] >= fit.best_cut, wrong_N)
    tried = np.quantile(score_N[judged_N], np.linspace(0, 1, 400))
    best = max(_f1(score_N[judged_N] >= cut, wrong_N) for cut in tried)
    assert reached >= 0.9 * best
    estimate = estimate_anchored(fit, fit.best_cut, int((score_N < fit.best_cut)[judged_N].sum()))
    assert estimate.f1_flagged_interval is not None
    low, high = estimate.f1_flagged_interval
    assert low - 0.02 <= reached <= high + 0.02


def test_labels_that_are_all_right_stay_nearly_all() -> None:
    for seed in range(3):
        simulated = simulate(0.0, seed=seed)
        score_N, fit = _fit(simulated)
        assert (score_N[~simulated.planted_N] < fit.best_cut).mean() >= 0.97


def test_the_order_of_instances_does_not_matter() -> None:
    simulated = simulate(0.2)
    score_N = refined_metric(simulated.misclassified_N, simulated.mean_loss_N)
    order = np.random.default_rng(1).permutation(score_N.size)
    first = fit_anchored(score_N, simulated.planted_N)
    second = fit_anchored(score_N[order], simulated.planted_N[order])
    assert (first.noise_rate, first.best_cut) == (second.noise_rate, second.best_cut)


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 50.0))
def test_another_unit_changes_the_cut_alone(unit: float) -> None:
    simulated = simulate(0.2, n=1000, n_planted=80)
    plain = fit_anchored(simulated.mean_loss_N, simulated.planted_N)
    other = fit_anchored(unit * simulated.mean_loss_N, simulated.planted_N)
    assert other.noise_rate == pytest.approx(plain.noise_rate, rel=1e-6)
    assert other.best_cut == pytest.approx(unit * plain.best_cut, rel=1e-6)


def test_the_same_instances_give_the_same_interval() -> None:
    simulated = simulate(0.2)
    assert _fit(simulated)[1].noise_rate_interval == _fit(simulated)[1].noise_rate_interval


def test_more_planted_labels_narrow_the_interval() -> None:
    few, many = (_fit(simulate(0.3, n_planted=k))[1].noise_rate_interval for k in (40, 1000))
    assert many[1] - many[0] < few[1] - few[0]


def test_the_set_of_fits_is_weighted() -> None:
    _, fit = _fit(simulate(0.2))
    assert fit.weight_D.sum() == pytest.approx(1.0)
    assert (fit.weight_D >= 0.0).all()
    assert ((fit.rate_D >= 0.0) & (fit.rate_D <= 1.0)).all()
    assert fit.noise_rate == pytest.approx(fit.weight_D @ fit.rate_D)


def test_fewer_planted_lie_above_a_higher_cut() -> None:
    _, fit = _fit(simulate(0.2))
    shares = [fit.planted_above(cut) for cut in np.linspace(-1.0, 31.0, 60)]
    assert shares == sorted(shares, reverse=True)
    assert 0.0 <= shares[-1] <= shares[0] <= 1.0


def test_equal_scores_tell_nothing_and_break_nothing() -> None:
    planted_N = np.arange(500) < 30
    fit = fit_anchored(np.ones(500), planted_N)
    assert fit.auroc == 0.5
    assert 0.0 <= fit.noise_rate <= 1.0
    assert np.isfinite(fit.best_cut)


def test_one_planted_label_is_enough_to_compute_with() -> None:
    simulated = simulate(0.2, n_planted=1)
    _, fit = _fit(simulated)
    assert fit.n_planted == 1
    low, high = fit.noise_rate_interval
    assert 0.0 <= low <= high <= 1.0


@pytest.mark.parametrize(
    ("n_planted", "message"),
    [
        (0, "0 planted and 50 other instances; both kinds are needed"),
        (50, "50 planted and 0 other instances; both kinds are needed"),
    ],
)
def test_one_kind_alone_is_refused(n_planted: int, message: str) -> None:
    planted_N = np.arange(50) < n_planted
    with pytest.raises(ValueError, match=message):
        fit_anchored(np.arange(50.0), planted_N)
    with pytest.raises(ValueError, match=message):
        auroc_of_planted(np.arange(50.0), planted_N)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_few_losses_that_are_no_number_do_not_spoil_the_fit(value: float) -> None:
    simulated = simulate(0.2)
    score_N = refined_metric(simulated.misclassified_N, simulated.mean_loss_N)
    loss_N = simulated.mean_loss_N.copy()
    loss_N[np.flatnonzero(simulated.wrong_N)[:5]] = value
    fit = fit_anchored(score_N, simulated.planted_N, others=[loss_N])
    assert fit.noise_rate == pytest.approx(0.2, abs=0.05)
    assert np.isfinite(fit.best_cut)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=30),
    st.lists(st.integers(0, 6), min_size=1, max_size=30),
)
def test_auroc_counts_the_pairs_it_orders(planted: list[int], others: list[int]) -> None:
    score_N = np.array(planted + others, dtype=np.float64)
    planted_N = np.arange(score_N.size) < len(planted)
    pairs = [(p > o) + (p == o) / 2 for p in planted for o in others]
    assert auroc_of_planted(score_N, planted_N) == pytest.approx(np.mean(pairs))


def test_auroc_corrected_for_the_wrong_ones_is_that_against_the_clean() -> None:
    simulated = simulate(0.3, n=20_000, n_planted=2000)
    score_N, planted_N = simulated.mean_loss_N, simulated.planted_N
    against_all = auroc_of_planted(score_N, planted_N)
    chosen_N = ~simulated.wrong_N
    against_clean = auroc_of_planted(score_N[chosen_N], planted_N[chosen_N])
    assert corrected_auroc(against_all, 0.3) == pytest.approx(against_clean, abs=0.01)


def test_weighted_quantiles_hold_the_middle() -> None:
    low, high = weighted_quantiles(np.arange(1001.0), np.full(1001, 1 / 1001), 0.9)
    assert (low, high) == pytest.approx((50, 950), abs=1)
