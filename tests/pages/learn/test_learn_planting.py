"""Learn, planting: two curves alike, a rule that fails without planted labels, one that does not.

Every number read off the page is computed here anew, from the recording and from the core.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from mild.core.selection import select, select_counts
from mild.figures.lesson.planting import above_planted, rate_by_planted
from mild.lesson import planting, recording
from mild.ui.learn.questions import tasks as learn_tasks
from mild.ui.learn.recorded import MANY, pairs, planted_choice
from mild.ui.learn.sections import guess as learn_guess
from mild.ui.learn.sections.planting import interval_of, width_in_words
from mild.words import score
from tests.pages.conftest import OpenPage, fine, words

RECORDED = recording.load("planted").rounds[0]
REST_N = ~RECORDED.planted.mask(RECORDED.n)
COUNTS_N, WRONG_N = RECORDED.counts_N(), RECORDED.wrong_N


def test_the_planted_labels_of_the_recording_are_neither_given_nor_known_to_the_truth() -> None:
    run = recording.load("planted")
    given_P = run.given_A[RECORDED.index_N[RECORDED.planted.slot_P]]
    assert len(RECORDED.planted) == MANY[-1]
    assert (RECORDED.planted.label_P != given_P).all()
    assert RECORDED.mean_loss_N is not None
    assert RECORDED.mean_loss_N.shape == (RECORDED.n,)
    assert not any(len(item.planted) for item in recording.load("demo").rounds)


def test_the_ranking_is_nearly_perfect_and_the_rule_without_planted_labels_flags_nothing() -> None:
    assert roc_auc_score(WRONG_N[REST_N], COUNTS_N[REST_N]) > 0.99
    assert WRONG_N[REST_N].mean() > 0.15
    old = planted_choice(0)
    by_counts = select_counts(RECORDED.cells_C(REST_N))
    assert (old.n_flagged, by_counts.n_flagged) == (0, 0)
    assert not old.selection.trust.can_tell


def test_with_the_planted_labels_the_same_epochs_give_nearly_all_wrong_labels() -> None:
    new = planted_choice(MANY[-1])
    selection = select(
        COUNTS_N,
        RECORDED.n_epochs,
        mean_loss_N=RECORDED.mean_loss_N,
        planted_N=~REST_N,
        n_classes=10,
    )
    assert selection.kept_N is not None
    flagged_N = ~selection.kept_N[REST_N]
    assert new.selection.cut == selection.cut
    assert new.n_flagged == flagged_N.sum() == selection.n_flagged
    assert np.isclose(new.f1_flagged, f1_score(WRONG_N[REST_N], flagged_N))
    assert new.f1_flagged > 0.93
    low, high = interval_of(new) or (1.0, 0.0)
    assert low < new.noise_rate < high


def test_fewer_planted_labels_are_part_of_more_and_widen_the_interval() -> None:
    slots = [planting.some_of(RECORDED.planted, n) for n in MANY]
    assert [len(item) for item in slots] == list(MANY)
    for fewer, more in itertools.pairwise(slots):
        assert np.isin(fewer, more).all()
    widths = [high - low for n in MANY[1:] for low, high in [interval_of(planted_choice(n))]]  # type: ignore[misc]
    assert widths == sorted(widths, reverse=True)
    assert interval_of(planted_choice(0)) is None
    assert width_in_words(None) == "–"


def test_the_pairs_look_alike_and_each_has_one_wrong_label_that_was_given() -> None:
    seen = [slot for pair in pairs() for slot in pair]
    assert len(set(seen)) == len(seen)
    assert REST_N[seen].all()
    for clean, wrong in pairs():
        assert (WRONG_N[clean], WRONG_N[wrong]) == (False, True)
        assert COUNTS_N[clean] == COUNTS_N[wrong]
    sides = {learn_guess.shown(number)[1] for number in range(1, len(pairs()) + 1)}
    assert len(sides) == 2  # the answer is not always the same


def test_a_guess_is_answered_with_the_labels_and_not_before(open_page: OpenPage) -> None:
    app = open_page("learn", section="planting", pair="2")
    fine(app)
    assert "has the wrong label. Nothing but" not in words(app)
    slots, kinds = learn_guess.shown(2)
    wrong = kinds.index("mislabeled")
    app.button_group("learn guess 2").set_value(learn_guess.NAMES[1 - wrong]).run()
    fine(app)
    text = words(app)
    assert ":orange-badge[no]" in text
    assert f"**{learn_guess.NAMES[wrong]}** has the wrong label" in text
    run = recording.load("planted")
    index = RECORDED.index_N[slots[wrong]]
    given, clean = run.given_A[index], run.clean_A[index]
    assert f"given label **{given}**, clean label **{clean}**" in text
    app.button_group("learn guess 2").set_value(learn_guess.NAMES[wrong]).run()
    assert ":green-badge[right]" in words(app)
    app.button_group("learn pair").set_value(3).run()
    assert "has the wrong label. Nothing but" not in words(app)


def test_planting_is_switched_on_and_the_table_tells_what_it_changed(open_page: OpenPage) -> None:
    app = open_page("learn", section="planting")
    fine(app)
    old, new = planted_choice(0), planted_choice(MANY[-1])
    assert len(app.table[0].value) == 1
    assert "none, keep all" in app.table[0].value.to_string()
    assert "The counts do not say" in words(app)
    n_charts = len(app.get("plotly_chart"))
    app.toggle("learn planting").set_value(True).run()
    fine(app)
    rows = app.table[0].value.to_dict("records")
    assert [row["Flagged"] for row in rows] == [str(old.n_flagged), str(new.n_flagged)]
    assert rows[1]["Of them mislabeled"] == str(new.n_flagged_wrong)
    assert rows[1]["F1 of flagged, in truth"] == score(new.f1_flagged)
    assert f"**{new.n_planted_flagged}** lie above the cut" in words(app)
    assert len(app.get("plotly_chart")) == n_charts + 1  # the intervals, by how many are planted
    widths = [width_in_words(interval_of(planted_choice(n))) for n in (MANY[1], MANY[-1])]
    assert f"{widths[0]} points wide, with {MANY[-1]} it is {widths[1]}" in words(app)
    assert app.query_params["planted"] in (str(MANY[-1]), [str(MANY[-1])])


def test_the_address_switches_planting_on_and_the_slider_follows(open_page: OpenPage) -> None:
    app = open_page("learn", section="planting", planted=str(MANY[1]))
    fine(app)
    assert app.toggle("learn planting").value
    assert app.table[0].value.iloc[1]["Flagged"] == str(planted_choice(MANY[1]).n_flagged)
    app.select_slider("learn planted").set_value(MANY[2]).run()
    fine(app)
    assert app.table[0].value.iloc[1]["Flagged"] == str(planted_choice(MANY[2]).n_flagged)


@pytest.mark.parametrize("hostile", ["<script>", "-25", "26", "9" * 5000])
def test_a_hostile_number_to_plant_plants_nothing(hostile: str, open_page: OpenPage) -> None:
    app = open_page("learn", section="planting", planted=hostile, pair=hostile)
    fine(app)
    assert not app.toggle("learn planting").value


def test_the_exercise_counts_flagged_over_the_share_of_planted_above_the_cut() -> None:
    new = planted_choice(MANY[-1])
    assert new.selection.score_N is not None
    above_N = np.asarray(new.selection.score_N >= new.selection.cut)
    share = above_N[~REST_N].mean()
    (exercise,) = [item for item in learn_tasks.EXERCISES if "planted" in item.question]
    assert exercise.number is not None
    assert exercise.number() == round(above_N[REST_N].sum() / share)
    assert str(exercise.number()) in exercise.answer()
    assert abs(exercise.number() - new.n_wrong) < 0.1 * new.n_wrong


def test_planted_images_are_drawn_below_the_others_and_only_where_there_are_any() -> None:
    figure = above_planted({"all": [3, 1, 0]}, [0, 1, 2], {"cut": 1.5})
    assert [trace.yaxis for trace in figure.data] == [None, "y2"]
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]
    assert len(above_planted({"all": [3, 1, 0]}, [0, 0, 0], {"cut": 1.5}).data) == 1


def test_a_rate_is_drawn_with_its_interval_or_as_a_point() -> None:
    figure = rate_by_planted({"none": 0.0, "9": 0.2}, {"none": None, "9": (0.1, 0.4)}, 0.2, "9")
    point, ranged = figure.data
    assert point.error_x.array == (0,)
    assert np.allclose([*ranged.error_x.arrayminus, *ranged.error_x.array], [10, 20])
