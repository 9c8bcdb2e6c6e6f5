"""The mixture: right density, right parameters back, defined for any counts."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import weibull_min

from benchmarks.selection.speed import fastest
from mild.core.mixture.bootstrap import bootstrap, percentile_interval
from mild.core.mixture.parameters import as_theta
from mild.core.mixture.scoring import Priors, evaluate
from mild.core.mixture.value import cell_probability, hard_cells
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.selection import select_counts

NOISY = np.array([300, 180, 90, 40, 20, 10, 6, 4, 3, 3, 4, 6, 9, 14, 22, 35, 60, 90, 110, 90, 120])


def _draw(
    rng: np.random.Generator,
    n: int,
    weight: float,
    shape: tuple[float, float],
    median: tuple[float, float],
    n_epochs: int,
) -> np.ndarray:
    scale = np.asarray(median) / np.log(2.0) ** (1.0 / np.asarray(shape))
    noisy = rng.random(n) < weight
    waiting = np.where(
        noisy, scale[1] * rng.weibull(shape[1], n), scale[0] * rng.weibull(shape[0], n)
    )
    counts = np.minimum(waiting, n_epochs).astype(np.int64)
    return np.bincount(counts, minlength=n_epochs + 1)


@given(st.floats(0.3, 20.0), st.floats(0.1, 60.0), st.integers(1, 100))
def test_cells_are_differences_of_scipys_survival(
    shape: float, median: float, n_epochs: int
) -> None:
    scale = median / np.log(2.0) ** (1.0 / shape)
    survival = np.append(weibull_min.sf(np.arange(n_epochs + 1), shape, scale=scale), 0.0)
    cells = cell_probability(np.array([shape]), np.array([median]), n_epochs)[0]
    np.testing.assert_allclose(cells, -np.diff(survival), atol=1e-9)


def test_the_density_is_scipys_and_integrates_to_the_weights() -> None:
    mixture = fit_weibull_mixture(NOISY)
    t = np.linspace(1e-4, 200.0, 400_001)
    density = mixture.density(t)
    noisy = mixture.weight[1] * weibull_min.pdf(t, mixture.shape[1], scale=mixture.scale[1])
    np.testing.assert_allclose(density[1], noisy, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.trapezoid(density, t, axis=1), mixture.weight, atol=2e-3)
    assert mixture.density(np.array([-1.0])).tolist() == [[0.0], [0.0]]


def test_cells_of_every_component_sum_to_one() -> None:
    np.testing.assert_allclose(fit_weibull_mixture(NOISY).cell_probability().sum(axis=1), 1.0)
    np.testing.assert_allclose(hard_cells(7).sum(), 1.0)


def test_the_analytic_gradient_is_the_numeric_one() -> None:
    share_BC = (NOISY / NOISY.sum())[None, :]
    theta_BP = as_theta(fit_weibull_mixture(NOISY))[None, :] + 0.1
    priors = Priors(mean_P=np.zeros(6), precision_P=np.full(6, 0.01))
    gradient_P = evaluate(share_BC, theta_BP, priors)[1][0]
    for i in range(6):
        step_P = np.eye(6)[i] * 1e-6
        above = evaluate(share_BC, theta_BP + step_P, priors)[0][0]
        below = evaluate(share_BC, theta_BP - step_P, priors)[0][0]
        assert gradient_P[i] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_known_parameters_come_back_in_95_of_100_mixtures() -> None:
    rng = np.random.default_rng(20)
    good = 0
    for _ in range(200):
        n_epochs = int(rng.integers(20, 101))
        weight, shape = rng.uniform(0.1, 0.6), (rng.uniform(0.7, 2.0), rng.uniform(4.5, 12.0))
        median = (rng.uniform(0.05, 0.25) * n_epochs, rng.uniform(0.6, 0.95) * n_epochs)
        mixture = fit_weibull_mixture(_draw(rng, 50_000, weight, shape, median, n_epochs))
        weight_fits = abs(mixture.weight[1] - weight) <= 0.02
        good += bool(weight_fits and np.all(np.abs(mixture.median / median - 1.0) <= 0.05))
    assert good >= 190


def test_the_fit_is_a_stationary_point_or_lies_on_a_bound() -> None:
    mixture = fit_weibull_mixture(NOISY)
    assert mixture.converged
    assert 0.0 <= mixture.misfit < 0.1
    assert mixture.bic < mixture.bic_one_component


def test_ten_times_the_instances_with_the_same_shares_are_the_same_fit() -> None:
    once, tenfold = fit_weibull_mixture(NOISY * 10), fit_weibull_mixture(NOISY * 100)
    np.testing.assert_allclose(once.weight, tenfold.weight, rtol=1e-6)
    np.testing.assert_allclose(once.median, tenfold.median, rtol=1e-6)


def test_the_fit_repeats_bit_for_bit() -> None:
    first, second = fit_weibull_mixture(NOISY), fit_weibull_mixture(NOISY)
    assert (first.weight == second.weight).all()
    assert (first.scale == second.scale).all()


def _check_defined(counts_C: np.ndarray) -> None:
    mixture = fit_weibull_mixture(counts_C)
    posterior = mixture.posterior_clean()
    assert posterior.shape == counts_C.shape
    assert np.isfinite(posterior).all()
    assert ((posterior >= 0.0) & (posterior <= 1.0)).all()
    assert np.isfinite(mixture.density(np.linspace(0.5, counts_C.size, 9))).all()
    assert np.isfinite([mixture.log_likelihood, mixture.bic, mixture.bic_one_component]).all()
    assert mixture.weight.sum() == pytest.approx(1.0)
    assert mixture.median[0] <= mixture.median[1]
    selection = select_counts(counts_C)
    assert selection.n_kept + selection.n_flagged == counts_C.sum()
    assert 0 <= selection.cut <= counts_C.size


def test_equal_medians_are_not_turned_round_by_rounding() -> None:
    counts_C = np.zeros(55, dtype=np.int64)
    counts_C[[6, 9, 20, 23, 26, 54]] = [29, 1, 27, 1, 972_853, 53]
    _check_defined(counts_C)
    clean, noisy = fit_weibull_mixture(counts_C).median
    assert clean == pytest.approx(noisy, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 60).flatmap(
        lambda p: st.lists(
            st.one_of(st.just(0), st.integers(0, 50), st.integers(0, 10**9)),
            min_size=p + 1,
            max_size=p + 1,
        ).filter(any)
    )
)
def test_any_counts_have_a_finite_posterior(counts: list[Any]) -> None:
    _check_defined(np.array(counts, dtype=np.int64))


@pytest.mark.parametrize("n_epochs", [1, 2, 3, 20, 300, 2000])
@pytest.mark.parametrize("n", [1, 1000, 10**9])
def test_point_masses_are_survived(n_epochs: int, n: int) -> None:
    cells = {0, n_epochs, n_epochs // 2}
    for first in cells:
        for second in cells:
            counts_C = np.zeros(n_epochs + 1, dtype=np.int64)
            counts_C[first] += n
            counts_C[second] += n
            _check_defined(counts_C)


@pytest.mark.parametrize(
    "counts", [[5], [[1, 2]], [0, 0, 0], [1, -1, 2], [1.0, np.nan], [np.inf, 1.0]]
)
def test_impossible_counts_are_refused(counts: list[Any]) -> None:
    with pytest.raises(ValueError, match="counts must"):
        fit_weibull_mixture(np.array(counts))


def test_200_bootstrap_draws_take_two_seconds_and_cover_the_estimate() -> None:
    mixture = fit_weibull_mixture(NOISY)
    start = time.perf_counter()
    draws = bootstrap(mixture, NOISY, rng=np.random.default_rng(0), n_draws=200)
    assert time.perf_counter() - start <= 2.0
    low, high = percentile_interval(draws.weight_BJ[:, 1])
    assert low < mixture.weight[1] < high
    assert draws.converged_share > 0.9
    again = bootstrap(mixture, NOISY, rng=np.random.default_rng(0), n_draws=200)
    assert (draws.weight_BJ == again.weight_BJ).all()


def test_bootstrap_intervals_shrink_with_the_number_of_instances() -> None:
    widths = []
    for factor in (1, 100):
        counts_C = NOISY * factor
        mixture = fit_weibull_mixture(counts_C)
        draws = bootstrap(mixture, counts_C, rng=np.random.default_rng(1))
        low, high = percentile_interval(draws.weight_BJ[:, 1])
        widths.append(high - low)
    assert widths[1] < 0.3 * widths[0]


def test_the_fit_costs_the_same_for_any_number_of_instances() -> None:
    small, large = fastest(
        lambda: fit_weibull_mixture(NOISY * 40),
        lambda: fit_weibull_mixture(NOISY * 8000),
        n_repeats=15,
    )
    assert large <= 1.2 * small + 0.003


@pytest.mark.parametrize(
    "module",
    [
        "mixture.weibull",
        "mixture.bootstrap",
        "selection",
        "dynamics",
        "evaluation",
        "detectors",
        "noise",
    ],
)
def test_importing_the_core_pulls_in_nothing_slow(module: str) -> None:
    code = f"import sys, mild.core.{module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    slow = {"sklearn", "pandas", "torch", "streamlit", "plotly", "scipy.optimize", "mild.store"}
    assert slow.isdisjoint(done.stdout.split())
