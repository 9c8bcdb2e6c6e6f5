"""A later round flags no more than round 1 leaves to be wrong, and claims no more than it knows."""

from __future__ import annotations

import numpy as np
import pytest

from mild.core.mixture.bootstrap import bootstrap
from mild.core.selection import cut_of_rule, estimate_at, make_rule, select
from mild.core.selection.left import Before, Left, cut_for_most, left_after
from mild.core.selection.selection import Selection
from tests.core.simulated import N_EPOCHS, simulate

FEW = Left(expected=30.4, low=0.0, high=55.0)


def _later(left: Left | None, *, can_tell: bool = True, bounded: bool = True) -> Selection:
    """Select a round of which the fit alone would flag some 200."""
    simulated = simulate(0.2)
    return select(
        simulated.misclassified_N,
        N_EPOCHS,
        mean_loss_N=simulated.mean_loss_N,
        planted_N=simulated.planted_N,
        before=Before(can_tell=can_tell, left=left, bounded=bounded),
    )


def test_no_more_is_flagged_than_is_left_and_it_is_the_most_suspicious() -> None:
    later, free = _later(FEW), _later(FEW, bounded=False)
    judged_N = ~np.asarray(later.planted_N)
    assert later.n_flagged == 30 < free.n_flagged
    assert later.score_N is not None
    assert later.kept_N is not None
    flagged_N = judged_N & ~later.kept_N
    assert later.score_N[flagged_N].min() >= later.score_N[judged_N & later.kept_N].max()
    assert later.anchored is None
    assert (
        f"30 are flagged here, where the fit to this round alone would flag {free.n_flagged}"
        in (later.note)
    )
    assert "Where whole classes are mixed up" in later.note


def test_a_fit_that_wants_less_than_is_left_decides() -> None:
    plenty = Left(expected=5_000.0, low=0.0, high=6_000.0)
    assert _later(plenty).cut == _later(None).cut
    assert _later(plenty).note.endswith("are wrong, and at most 6,000.")


def test_nothing_left_flags_nothing() -> None:
    later = _later(Left(expected=0.2, low=0.0, high=8.4))
    assert later.n_flagged == 0
    assert "hardly one of the labels that are left is wrong, and at most 9" in later.note
    assert "none is flagged here" in later.note


def test_a_cut_that_a_person_gives_is_not_bounded() -> None:
    simulated = simulate(0.2)
    asked = select(
        simulated.misclassified_N, N_EPOCHS, rule=make_rule("manual", cut=1),
        before=Before(can_tell=True, left=FEW),
    )  # fmt: skip
    assert asked.cut == 1
    assert asked.n_flagged > FEW.expected


def test_other_rules_are_bounded_alike() -> None:
    later = _later(FEW)
    rest_N = np.asarray(later.score_N)[~np.asarray(later.planted_N)]
    for name in ("posterior", "noisy-mode"):
        assert (rest_N >= cut_of_rule(later, rest_N, make_rule(name))).sum() <= 30


def test_where_round_1_could_not_tell_a_later_round_says_so() -> None:
    assert not _later(None, can_tell=False).trust.can_tell
    assert "Round 1 could not tell" in _later(None, can_tell=False).note
    plain = select(simulate(0.2).misclassified_N, N_EPOCHS, before=Before(can_tell=False))
    assert (plain.trust.can_tell, plain.planted_N) == (False, None)
    assert "nothing vouches for what a later round flags" in plain.trust.reason


def test_estimates_are_held_to_what_is_left() -> None:
    later, free = _later(FEW), _later(None)
    assert later.mixture is not None
    assert later.planted_N is not None
    n_C = np.bincount(simulate(0.2).misclassified_N[~later.planted_N], minlength=N_EPOCHS + 1)
    assert later.noise_rate_estimate == pytest.approx(30.4 / n_C.sum())
    assert free.noise_rate_estimate is not None
    assert free.noise_rate_estimate > 2 * later.noise_rate_estimate
    draws = bootstrap(later.mixture, n_C, rng=np.random.default_rng(0), n_draws=60)
    held = estimate_at(later.mixture, n_C, later.cut, draws=draws, left=FEW)
    assert held.noise_rate == pytest.approx(later.noise_rate_estimate)
    assert held.noise_rate_interval is not None
    low, high = held.noise_rate_interval
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(55 / n_C.sum(), rel=0.01)


def test_a_free_round_that_flags_more_than_can_be_wrong_says_so() -> None:
    free = _later(FEW, bounded=False)
    assert free.note.endswith(f"This round flags {free.n_flagged}, more than can be wrong.")


def test_equal_scores_are_kept_together() -> None:
    score_N = np.array([1.0, 5.0, 5.0, 5.0, 9.0])
    assert [cut_for_most(score_N, 2.0, most, 11.0) for most in (0, 1, 3, 4)] == [11, 9, 9, 2]


def test_what_round_1_found_and_later_rounds_flagged_is_no_longer_left() -> None:
    left = left_after(1000, 0.2, (0.15, 0.25), n_flagged=160, f1=0.8, n_gone=200)
    assert (left.expected, left.high) == pytest.approx((16.0, 66.0))
    assert left_after(900, 0.0, (0.0, 0.004), 0, 0.0, 0).expected == 0.0
