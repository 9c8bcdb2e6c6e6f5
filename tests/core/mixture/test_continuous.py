"""Continuous mixtures for comparison: right where the model is right, bounded where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mild.core.mixture.continuous import ALTERNATIVES, SHAPES, fit_continuous


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_two_clear_groups_are_told_apart(name: str) -> None:
    rng = np.random.default_rng(0)
    counts_N = np.concatenate([rng.binomial(30, 0.15, 7000), rng.binomial(30, 0.8, 3000)])
    mixture = fit_continuous(np.bincount(counts_N, minlength=31), name=name)
    assert mixture.weight[1] == pytest.approx(0.3, abs=0.02)
    assert 10 <= mixture.cut <= 19


def test_a_gaussian_mixture_returns_its_means() -> None:
    rng = np.random.default_rng(1)
    values_N = np.concatenate([rng.normal(20.0, 3.0, 60_000), rng.normal(60.0, 5.0, 40_000)])
    counts_C = np.bincount(np.clip(values_N, 0, 99).astype(int), minlength=100)
    mixture = fit_continuous(counts_C, name="gaussian")
    assert mixture.parameters[0] == pytest.approx((20.0, 3.0), rel=0.02)
    assert mixture.parameters[1] == pytest.approx((60.0, 5.0), rel=0.02)


def test_a_weibull_component_collapses_onto_a_point_mass_up_to_its_bound() -> None:
    counts_C = np.array([300, 200, 100, 50, 20, 10, 5, 5, 5, 5, 5000])
    mixture = fit_continuous(counts_C, name="continuous-weibull")
    assert max(shape for shape, _ in mixture.parameters) > 0.5 * SHAPES[1]


@pytest.mark.parametrize("name", ALTERNATIVES)
@pytest.mark.parametrize("counts", [[5, 0], [0, 5], [1, 0, 0, 1], [0, 0, 9, 0], [1] * 300])
def test_degenerate_counts_are_survived(name: str, counts: list[Any]) -> None:
    mixture = fit_continuous(np.array(counts), name=name)
    assert np.isfinite(mixture.posterior_clean).all()
    assert 0 <= mixture.cut <= len(counts)


def test_an_unknown_mixture_is_named() -> None:
    with pytest.raises(ValueError, match="mixture 'gamma' is unknown"):
        fit_continuous(np.array([1, 2]), name="gamma")
