"""Selection: the rules, the words, and how close the cut comes to the best one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.selection.panels import PANEL, PLANTED_PANEL
from benchmarks.selection.planted import PlantedRow, judge_planted
from benchmarks.selection.planted import summarize as summarize_planted
from benchmarks.selection.recorded import Row, judge, summarize
from benchmarks.selection.speed import draw_planted, fastest
from mild.core.mixture.bootstrap import bootstrap
from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.planted.flips import Flip
from mild.core.selection import RULES, estimate_at, make_rule, select, select_counts
from mild.core.selection.expected_cost import expected_error_cut
from mild.core.selection.rules.expected_error import default_cut
from mild.core.selection.rules.rule import Rule
from mild.core.selection.selection import Selection
from tests.core.simulated import N_EPOCHS, SimulatedRound, simulate

NOISY = np.array([300, 180, 90, 40, 20, 10, 6, 4, 3, 3, 4, 6, 9, 14, 22, 35, 60, 90, 110, 90, 120])
CLEAN = np.array([670, 663, 115, 28, 13, 6, 1, 2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])


def _values(counts_C: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(counts_C.size), counts_C)


@pytest.fixture(scope="module")
def panel() -> list[Row]:
    rows = [row for path in sorted(PANEL.glob("*.npz")) for row in judge(path)]
    assert len(rows) == 21
    return rows


@pytest.fixture(scope="module")
def planted_panel() -> list[PlantedRow]:
    rows = [row for path in sorted(PLANTED_PANEL.glob("*.npz")) for row in judge_planted(path)]
    assert len(rows) == 57
    return rows


def test_the_cut_is_close_to_the_best_one_on_recorded_runs(panel: list[Row]) -> None:
    figures = summarize(panel)
    assert figures["mean_ratio_at_20_percent_and_more"] >= 0.95
    assert figures["lowest_ratio_from_10_epochs"] >= 0.88
    assert figures["lowest_ratio_below_10_epochs"] >= 0.80
    assert figures["lowest_ratio_at_2_to_5_percent"] >= 0.85
    assert figures["lowest_kept_share_at_zero_noise"] >= 0.98


def test_the_default_rule_beats_every_alternative_at_low_and_zero_noise(panel: list[Row]) -> None:
    rows = [row for row in panel if row.noise_rate < 0.12 and row.part == "E"]
    for row in rows:
        ours = row.kept_share if row.ratio is None else row.ratio
        assert all(ours >= other - 1e-9 for other in row.others.values() if other is not None) or (
            ours >= 0.98
        )


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.needs_mixture])
def test_a_cut_keeps_what_is_below_it(rule: Rule) -> None:
    values_N = _values(NOISY)
    selection = select(values_N, 20, rule=rule)
    assert (selection.kept_N == (values_N < selection.cut)).all()
    assert selection.n_kept == selection.kept_N.sum()
    assert selection.n_flagged == (~selection.kept_N).sum()


def test_counts_and_values_give_the_identical_result() -> None:
    from_values, from_counts = select(_values(NOISY), 20), select_counts(NOISY)
    assert from_values.cut == from_counts.cut
    assert (from_values.mixture.scale == from_counts.mixture.scale).all()
    assert from_counts.kept_N is None


def test_the_order_of_instances_does_not_matter() -> None:
    values_N = _values(NOISY)
    order = np.random.default_rng(0).permutation(values_N.size)
    first, second = select(values_N, 20), select(values_N[order], 20)
    assert (first.kept_N[order] == second.kept_N).all()


def test_posterior_at_one_half_is_the_least_expected_error() -> None:
    mixture = fit_weibull_mixture(NOISY)
    assert select_counts(NOISY, rule=make_rule("posterior", tau=0.5)).cut == expected_error_cut(
        mixture
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=5))
def test_a_higher_tau_never_keeps_more(taus: Any) -> None:
    mixture = fit_weibull_mixture(NOISY)
    cuts = [expected_error_cut(mixture, tau=tau) for tau in sorted(taus)]
    assert cuts == sorted(cuts, reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 1.0))
def test_keep_fraction_keeps_at_least_that_and_no_needless_count(fraction: float) -> None:
    selection = select_counts(NOISY, rule=make_rule("keep-fraction", keep_fraction=fraction))
    assert selection.n_kept >= fraction * NOISY.sum() - 1e-6
    if selection.cut:
        assert NOISY[: selection.cut - 1].sum() < fraction * NOISY.sum()


def test_noisy_scale_keeps_counts_up_to_the_scale() -> None:
    selection = select_counts(NOISY, rule=make_rule("noisy-scale"))
    assert selection.cut == min(int(selection.mixture.scale[1]), 20) + 1


def test_a_manual_cut_is_taken_as_it_is() -> None:
    assert select_counts(NOISY, rule=make_rule("manual", cut=0)).n_kept == 0
    assert select_counts(NOISY, rule=make_rule("manual", cut=21)).n_flagged == 0


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([50, 50], "1 epoch is too few to tell; at least 3 are needed."),
        ([3, 1, 0, 2], "6 instances are too few to tell; at least 20 are needed."),
        ([90, 0, 0, 0, 10], "Only 2 different counts of misclassified epochs occur"),
        ([0, 0, 0, 0, 90], "Every instance was misclassified in equally many epochs"),
        ([0, 0, 0, 0, 0], "0 instances are too few to tell"),
    ],
)
def test_too_little_data_keeps_everything_and_says_why(counts: list[int], words: str) -> None:
    selection = select_counts(np.array(counts))
    assert selection.n_flagged == 0
    assert selection.mixture is None
    assert selection.note.startswith(words)


def test_counts_alone_never_call_data_clean() -> None:
    selection = select_counts(CLEAN)
    assert not selection.trust.can_tell
    assert selection.note == selection.trust.reason
    assert selection.note.startswith("The network memorized nearly every label.")
    assert "without planted labels nobody can tell" in selection.note
    assert selection.n_kept >= 0.98 * CLEAN.sum()


def test_a_network_still_learning_is_said_to_be_so() -> None:
    still_learning = np.array([469, 686, 577, 449, 414, 368, 355, 324, 312, 344, 354, 465, 883])
    assert select_counts(still_learning).note.startswith("Too few epochs to tell well")


def test_a_rule_that_would_give_up_flags_by_expected_f1_and_says_so() -> None:
    overlapping = np.array([556, 345, 297, 247, 212, 140])
    mixture = fit_weibull_mixture(overlapping)
    selection = select_counts(overlapping)
    if selection.cut != expected_error_cut(mixture):
        assert "highest expected F1" in selection.note
    assert selection.cut == default_cut(mixture)
    assert selection.n_flagged > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "best"}, "rule 'best' is unknown; choose one of expected-error"),
        ({"name": "posterior", "tau": 1.0}, "tau is 1.0"),
        ({"name": "keep-fraction"}, "keep_fraction is None"),
        ({"name": "manual"}, "cut is None"),
        ({"name": "manual", "cut": 22}, r"needs it within 0 \.\. 21"),
    ],
)
def test_a_rule_without_what_it_needs_is_refused(
    arguments: dict[str, float | str] | dict[str, int | str] | dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        select_counts(NOISY, rule=make_rule(**arguments))


def test_per_class_cuts_follow_the_class() -> None:
    values_N = np.concatenate([_values(NOISY), _values(NOISY[::-1])])
    given_N = np.repeat([3, 8], NOISY.sum())
    selection = select(values_N, 20, per_class=True, given_N=given_N)
    assert [part.given for part in selection.class_cuts] == [3, 8]
    for part in selection.class_cuts:
        member_N = given_N == part.given
        assert (selection.kept_N[member_N] == (values_N[member_N] < part.cut)).all()
    assert selection.n_kept == sum(part.n_kept for part in selection.class_cuts)


def test_a_class_that_is_emptied_raises_the_alarm() -> None:
    values_N = np.concatenate([np.zeros(200, dtype=int), np.full(40, 20)])
    given_N = np.repeat([0, 7], [200, 40])
    selection = select(
        values_N, 20, rule=make_rule("manual", cut=10), per_class=True, given_N=given_N
    )
    assert selection.class_cuts[1].emptied
    assert "Almost nothing is kept of class 7." in selection.note


def test_per_class_needs_given_labels() -> None:
    with pytest.raises(ValueError, match="per_class needs given_N"):
        select(_values(NOISY), 20, per_class=True)


def test_estimates_are_close_to_the_truth_when_the_model_is_true() -> None:
    rng = np.random.default_rng(5)
    clean = np.minimum(2.0 * rng.weibull(1.2, 60_000), 20).astype(int)
    wrong = np.minimum(19.0 * rng.weibull(6.0, 40_000), 20).astype(int)
    clean_C, wrong_C = (np.bincount(values, minlength=21) for values in (clean, wrong))
    counts_C = clean_C + wrong_C
    mixture = fit_weibull_mixture(counts_C)
    draws = bootstrap(mixture, counts_C, rng=rng)
    for cut in (5, 10, 15):
        estimate = estimate_at(mixture, counts_C, cut, draws=draws)
        kept = counts_C[:cut].sum()
        assert estimate.n_kept == kept
        assert estimate.noise_rate == pytest.approx(0.4, abs=0.01)
        assert estimate.precision == pytest.approx(clean_C[:cut].sum() / kept, abs=0.01)
        assert estimate.recall == pytest.approx(clean_C[:cut].sum() / 60_000, abs=0.01)
        assert estimate.precision_interval is not None
        low, high = estimate.precision_interval
        assert low <= estimate.precision <= high


def test_estimates_at_the_ends_are_defined() -> None:
    mixture = fit_weibull_mixture(NOISY)
    nothing, everything = estimate_at(mixture, NOISY, 0), estimate_at(mixture, NOISY, 21)
    assert np.isnan(nothing.precision)
    assert nothing.recall == 0.0
    assert everything.recall == 1.0
    assert everything.f1_flagged == 0.0
    assert nothing.precision_interval is None
    with pytest.raises(ValueError, match="cut 22"):
        estimate_at(mixture, NOISY, 22)


def _anchored(rate: float = 0.2, **shapes: Any) -> tuple[SimulatedRound, Selection]:
    simulated = simulate(rate, **shapes)
    chosen = select(
        simulated.misclassified_N,
        N_EPOCHS,
        mean_loss_N=simulated.mean_loss_N,
        planted_N=simulated.planted_N,
    )
    return simulated, chosen


def test_planted_instances_are_neither_kept_nor_flagged() -> None:
    simulated, chosen = _anchored()
    assert not chosen.kept_N[simulated.planted_N].any()
    assert chosen.n_kept == chosen.kept_N.sum()
    assert chosen.n_kept + chosen.n_flagged == (~simulated.planted_N).sum()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_leaves_planted_instances_alone(rule: str) -> None:
    simulated = simulate(0.2)
    chosen = select(
        simulated.misclassified_N,
        N_EPOCHS,
        rule=make_rule(rule, keep_fraction=0.7, cut=7.5),
        mean_loss_N=simulated.mean_loss_N,
        planted_N=simulated.planted_N,
    )
    judged_N = ~simulated.planted_N
    assert (chosen.kept_N == ((chosen.score_N < chosen.cut) & judged_N)).all()
    if rule == "keep-fraction":
        assert chosen.n_kept == pytest.approx(0.7 * judged_N.sum(), abs=1)


def test_a_network_that_memorizes_within_two_epochs_has_its_wrong_labels_found() -> None:
    simulated, chosen = _anchored(0.2, clean=(0.2, 1.0), wrong=(1.6, 3.0))
    assert simulated.misclassified_N.max() <= 4
    flagged_N = ~chosen.kept_N & ~simulated.planted_N
    found = (flagged_N & simulated.wrong_N).sum()
    assert 2 * found / (flagged_N.sum() + simulated.wrong_N.sum()) >= 0.85
    assert chosen.noise_rate_estimate == pytest.approx(0.2, abs=0.05)
    assert chosen.trust.can_tell
    alone = select(simulated.misclassified_N[~simulated.planted_N], N_EPOCHS)
    assert alone.n_flagged == 0, "counts alone cannot see what planted labels show"


def test_the_estimate_of_f1_holds_the_truth_and_its_interval_the_estimate() -> None:
    simulated, chosen = _anchored(0.2)
    flagged_N = ~chosen.kept_N & ~simulated.planted_N
    found = (flagged_N & simulated.wrong_N).sum()
    f1 = 2 * found / (flagged_N.sum() + simulated.wrong_N.sum())
    assert chosen.estimate.f1_flagged_interval is not None
    assert chosen.estimate.noise_rate_interval is not None
    low, high = chosen.estimate.f1_flagged_interval
    assert low <= f1 <= high
    assert low <= chosen.estimate.f1_flagged <= high
    low, high = chosen.estimate.noise_rate_interval
    assert low <= chosen.noise_rate_estimate <= high


def test_a_cut_may_lie_within_a_count() -> None:
    simulated = simulate(0.2)
    loss: dict[str, Any] = {"mean_loss_N": simulated.mean_loss_N}
    kept = [
        select(
            simulated.misclassified_N, N_EPOCHS, rule=make_rule("manual", cut=cut), **loss
        ).n_kept
        for cut in (4, 4.5, 5)
    ]
    assert kept[0] < kept[1] < kept[2]


def test_flips_are_said_and_become_the_note() -> None:
    simulated = simulate(0.2)
    chosen = select(
        simulated.misclassified_N,
        N_EPOCHS,
        mean_loss_N=simulated.mean_loss_N,
        planted_N=simulated.planted_N,
        flips=[Flip(given=1, taken_for=0, excess=0.4)],
        class_names=("cat", "dog"),
    )
    assert not chosen.trust.can_tell
    assert chosen.note == chosen.trust.reason
    assert chosen.note.startswith(
        "Whole classes look flipped: 40 % of “dog” is predicted as “cat”."
    )


def test_too_few_epochs_keep_everything_that_was_not_planted() -> None:
    planted_N = np.arange(300) < 30
    chosen = select(np.arange(300) % 3, 2, planted_N=planted_N)
    assert (chosen.kept_N == ~planted_N).all()
    assert not chosen.trust.can_tell
    assert chosen.note == "2 epochs are too few to tell; at least 3 are needed."


def test_a_class_with_few_planted_instances_takes_the_common_cut() -> None:
    simulated = simulate(0.2)
    given_N = (np.arange(simulated.planted_N.size) % 40 == 0).astype(int)
    chosen = select(
        simulated.misclassified_N,
        N_EPOCHS,
        mean_loss_N=simulated.mean_loss_N,
        planted_N=simulated.planted_N,
        given_N=given_N,
        per_class=True,
    )
    assert chosen.class_cuts[1].cut == chosen.cut
    assert not chosen.kept_N[simulated.planted_N].any()
    assert sum(part.n for part in chosen.class_cuts) == (~simulated.planted_N).sum()


def test_fifty_thousand_instances_cost_little_more_than_five_thousand() -> None:
    def seconds(n: int) -> float:
        counts_N, mean_loss_N, planted_N = draw_planted(n)

        def choose() -> object:
            return select(counts_N, 20, mean_loss_N=mean_loss_N, planted_N=planted_N)

        return fastest(choose, n_repeats=5)[0]

    assert seconds(50_000) < 4 * seconds(5_000)


def test_the_cut_is_close_to_the_best_one_on_recorded_rounds_with_planted_labels(
    planted_panel: list[PlantedRow],
) -> None:
    figures = summarize_planted([row for row in planted_panel if row.part == "all planted"])
    assert figures["mean_ratio"] >= 0.95
    assert figures["lowest_ratio"] >= 0.85
    assert figures["lowest_kept_share_at_zero_noise"] >= 0.97
    assert figures["mean_noise_rate_error"] <= 0.03
    assert figures["largest_noise_rate_error"] <= 0.08
    assert figures["share_with_true_f1_in_interval"] >= 0.8
    assert figures["can_tell_elsewhere"] == 1.0
    assert figures["mean_ratio"] > 3 * figures["mean_ratio_without_planting"]


def test_no_recorded_round_is_wrongly_called_clean_and_flips_are_said(
    planted_panel: list[PlantedRow],
) -> None:
    for part in ("all planted", "a third planted", "E/2"):
        figures = summarize_planted([row for row in planted_panel if row.part == part])
        assert figures["runs_wrongly_called_clean"] == 0
        assert figures["systematic_told_or_ratio_of_80_percent"] == 1.0
        assert figures["lowest_ratio"] >= 0.85
