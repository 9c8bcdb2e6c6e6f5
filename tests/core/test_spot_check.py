"""Spot checks: the intervals hold what they promise, whatever the cut is by now."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from mild.core.spot_check import (
    FLAGGED,
    KEPT,
    Cells,
    SpotCheck,
    draw_sample,
    gather_cells,
    measure_sample,
    supported_cut,
)

FIGURES = ("noise_rate", "precision", "recall", "f1_flagged")


def truth(kept: np.ndarray, flagged: np.ndarray, wrong: np.ndarray) -> dict[str, float]:
    judged = kept | flagged
    right = ~wrong
    return {
        "noise_rate": wrong[judged].mean(),
        "precision": right[kept].mean(),
        "recall": right[kept].sum() / right[judged].sum(),
        "f1_flagged": 2 * wrong[flagged].sum() / (flagged.sum() + wrong[judged].sum()),
    }


def world(
    n_kept: int, n_flagged: int, kept_rate: float, flagged_rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Who is kept, and whose label is wrong."""
    kept = np.arange(n_kept + n_flagged) < n_kept
    wrong = np.zeros(len(kept), dtype=bool)
    wrong[: round(n_kept * kept_rate)] = True
    wrong[n_kept : n_kept + round(n_flagged * flagged_rate)] = True
    return kept, wrong


def answers(wrong: np.ndarray, index: np.ndarray) -> dict[int, bool]:
    return {int(i): bool(wrong[i]) for i in index}


def strata(kept: np.ndarray) -> np.ndarray:
    return np.where(kept, KEPT, FLAGGED)


def test_half_of_a_sample_is_flagged_half_kept_and_nobody_comes_twice() -> None:
    kept, _ = world(900, 100, 0, 0)
    drawn = draw_sample(~kept, kept, 50, np.random.default_rng(0))
    assert len(set(drawn.tolist())) == 50
    assert kept[drawn].sum() == 25
    assert not (np.diff(kept[drawn].astype(int)) >= 0).all()  # in random order


@pytest.mark.parametrize(
    ("n_kept", "n_flagged", "expected"), [(900, 7, 7), (8, 900, 42), (900, 0, 0), (10, 10, 10)]
)
def test_a_small_stratum_is_drawn_as_a_whole(n_kept: int, n_flagged: int, expected: int) -> None:
    kept, _ = world(n_kept, n_flagged, 0, 0)
    drawn = draw_sample(~kept, kept, 50, np.random.default_rng(0))
    assert (~kept[drawn]).sum() == expected
    assert len(drawn) == min(50, n_kept + n_flagged)


def test_who_is_on_neither_side_is_never_drawn() -> None:
    kept, _ = world(60, 40, 0, 0)
    planted = np.arange(100) % 3 == 0
    drawn = draw_sample(~kept & ~planted, kept & ~planted, 100, np.random.default_rng(0))
    assert sorted(drawn) == np.flatnonzero(~planted).tolist()


def test_what_one_stratum_alone_decides_has_the_exact_interval_of_that_stratum() -> None:
    cells = Cells(
        stratum=np.array([0, 1]), kept=np.array([True, False]), n=np.array([10_000, 10_000]),
        n_checked=np.array([25, 25]), n_wrong=np.array([2, 20]),
    )  # fmt: skip
    found = measure_sample(cells).precision
    low, high = binomtest(2, 25).proportion_ci(method="exact")
    assert found.value == pytest.approx(23 / 25)
    assert (found.low, found.high) == pytest.approx((1 - high, 1 - low), abs=0.004)


@pytest.mark.parametrize(
    ("n_kept", "n_flagged", "kept_rate", "flagged_rate"),
    [
        (800, 200, 0.02, 0.85),
        (950, 50, 0.01, 0.5),
        (700, 300, 0.0, 0.3),
        (60, 20, 0.05, 0.9),
        (3000, 0, 0.2, 0.0),
        (500, 500, 0.5, 0.5),
    ],
)
def test_the_truth_is_inside_the_intervals_at_least_95_times_in_100(
    n_kept: int, n_flagged: int, kept_rate: float, flagged_rate: float
) -> None:
    kept, wrong = world(n_kept, n_flagged, kept_rate, flagged_rate)
    real, rng, n_draws = truth(kept, ~kept, wrong), np.random.default_rng(1), 200
    inside = dict.fromkeys(FIGURES, 0)
    for _ in range(n_draws):
        drawn = draw_sample(~kept, kept, 50, rng)
        found = measure_sample(gather_cells([strata(kept)], kept, ~kept, answers(wrong, drawn)))
        for name in FIGURES:
            inside[name] += _holds(found, name, real[name])
    # of 200, 183 or more are what a coverage of 95 % gives in all but one case of a hundred
    assert min(inside.values()) >= 183


def test_a_cut_moved_afterwards_and_two_samples_are_answered_without_bias() -> None:
    rng, n_draws = np.random.default_rng(2), 200
    score = rng.integers(0, 20, size=2000)
    wrong = rng.random(2000) < score / 25
    first, second, now = score < 15, score < 10, score < 12
    real = truth(now, ~now, wrong)
    inside, values = dict.fromkeys(FIGURES, 0), []
    for _ in range(n_draws):
        one = draw_sample(~first, first, 50, rng)
        fresh = np.ones(2000, dtype=bool)
        fresh[one] = False
        two = draw_sample(~second & fresh, second & fresh, 50, rng)
        both = answers(wrong, np.concatenate([one, two]))
        cells = gather_cells([strata(first), strata(second)], now, ~now, both)
        assert cells.n.sum() == 2000
        assert cells.n_checked.sum() == 100
        found = measure_sample(cells)
        values.append([getattr(found, name).value for name in FIGURES])
        for name in FIGURES:
            inside[name] += _holds(found, name, real[name])
    assert np.mean(values, axis=0) == pytest.approx([real[name] for name in FIGURES], abs=0.02)
    assert min(inside.values()) >= 183


def test_all_images_checked_leave_no_doubt() -> None:
    kept, wrong = world(30, 10, 0.1, 0.8)
    found = measure_sample(gather_cells([strata(kept)], kept, ~kept, answers(wrong, np.arange(40))))
    for name, value in truth(kept, ~kept, wrong).items():
        figure = getattr(found, name)
        assert (figure.value, figure.low, figure.high) == pytest.approx((value,) * 3)


def test_a_side_without_answers_may_be_anything() -> None:
    kept, wrong = world(50, 50, 0, 1)
    found = measure_sample(gather_cells([strata(kept)], kept, ~kept, answers(wrong, np.arange(20))))
    assert np.isnan(found.f1_flagged.value)
    assert found.noise_rate.high >= 0.5
    assert found.precision.value == 1.0


def test_the_same_answers_give_the_same_interval() -> None:
    kept, wrong = world(80, 20, 0.1, 0.9)
    cells = gather_cells([strata(kept)], kept, ~kept, answers(wrong, np.arange(60, 100)))
    assert measure_sample(cells) == measure_sample(cells)


def test_the_cut_that_a_sample_supports_is_near_the_best_one() -> None:
    rng = np.random.default_rng(3)
    wrong = rng.random(3000) < 0.2
    score = np.where(wrong, rng.integers(12, 30, 3000), rng.integers(0, 14, 3000)) + 0.5
    kept = np.ones(3000, dtype=bool)  # the rule flagged nothing
    drawn = draw_sample(~kept, kept, 100, rng)
    found = supported_cut([strata(kept)], score, kept, answers(wrong, drawn))
    assert found is not None
    assert 11 <= found.cut <= 15
    f1 = truth(score < found.cut, score >= found.cut, wrong)["f1_flagged"]
    assert f1 > 0.9
    assert found.f1_flagged == pytest.approx(f1, abs=0.1)


def test_few_answers_support_no_cut() -> None:
    kept, wrong = world(90, 10, 0, 1)
    few = {**answers(wrong, np.arange(50)), 95: True, 96: True}
    assert supported_cut([strata(kept)], np.arange(100.0), kept | ~kept, few) is None


def _holds(found: SpotCheck, name: str, value: float) -> bool:
    figure = getattr(found, name)
    return bool(figure.low - 1e-9 <= value <= figure.high + 1e-9)
