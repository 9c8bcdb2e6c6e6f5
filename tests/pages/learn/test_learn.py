"""Learn: a lesson that needs no run; what is pressed changes what is read, and numbers are true."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score
from streamlit.testing.v1 import AppTest

from mild.core.selection import select, select_counts
from mild.errors import DataError
from mild.lesson import numbers, recording
from mild.lesson.first_round import pick
from mild.ui.learn import recorded as learn_view
from mild.ui.learn.plan import SECTIONS
from mild.ui.learn.questions import tasks as learn_tasks
from mild.ui.learn.questions.beliefs import BELIEFS
from mild.ui.learn.questions.sheet import printable_sheet
from mild.ui.learn.sections.weibulls import SLIDERS
from mild.words import score
from tests.pages.conftest import OpenPage, fine, words

PROJECT = Path(__file__).resolve().parents[3]
MAX_BYTES = 300_000


def metrics(app: AppTest) -> dict[str, str]:
    return {item.label: str(item.value) for item in app.metric}


def address(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else str(value[0])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_without_any_run_and_has_something_to_do(
    section: str, open_page: OpenPage
) -> None:
    app = open_page("learn", section=section)
    fine(app)
    assert app.header[0].value == SECTIONS[section].title
    if section not in ("misunderstandings", "exercises"):
        assert "**Try.**" in words(app)
        assert len(app.get("plotly_chart")) >= 1


def test_the_address_holds_the_section_and_next_goes_on(open_page: OpenPage) -> None:
    app = open_page("learn")
    assert address(app, "section") == "one-image"
    app.button("press next").click().run()
    fine(app)
    assert app.header[0].value == "Many images"
    assert address(app, "section") == "many-images"
    assert "sequence" not in app.query_params


@pytest.mark.parametrize("hostile", ["<script>", "../../etc", "", "9" * 5000])
def test_a_hostile_address_shows_the_lesson_all_the_same(hostile: str, open_page: OpenPage) -> None:
    for section in ("one-image", "many-images", "why", "cut", hostile):
        names = ("sequence", "epoch", "image", "kind", "recording", "cut")
        fine(open_page("learn", section=section, **dict.fromkeys(names, hostile)))


def test_a_timeline_is_summed_up(open_page: OpenPage) -> None:
    sequence = "00101101110000000000"
    app = open_page("learn", section="one-image", sequence=sequence)
    found = metrics(app)
    assert found["Misclassified"] == "14 epochs"
    assert found["Memorized"] == "6 epochs"
    assert found["Metric M"] == "8 epochs"
    assert found["First memorized"] == "epoch 3"
    assert found["Forgetting events"] == "3"


def test_toggling_an_epoch_moves_the_metric_by_two_and_the_belief_with_it(
    open_page: OpenPage,
) -> None:
    app = open_page("learn", section="one-image", sequence="0" * 14 + "1" * 6)
    before = metrics(app)
    pills = app.button_group("learn sequence")
    pills.set_value([*(pills.value or []), 1]).run()
    after = metrics(app)
    assert (before["Metric M"], after["Metric M"]) == ("8 epochs", "6 epochs")
    assert float(after["P(clean)"].split()[0]) > float(before["P(clean)"].split()[0])
    assert address(app, "sequence") == "1" + "0" * 13 + "1" * 6


def test_an_example_sets_the_timeline_and_survives_a_visit_elsewhere(open_page: OpenPage) -> None:
    app = open_page("learn")
    app.button("press Never memorized").click().run()
    assert metrics(app)["Metric M"] == "20 epochs"
    assert metrics(app)["First memorized"] == "never"
    assert metrics(app)["P(clean)"] == "under 0.1 %"
    app.button_group("learn section").set_value("cut").run()
    app.button_group("learn section").set_value("one-image").run()
    fine(app)
    assert metrics(app)["Metric M"] == "20 epochs"


def test_scrubbing_shows_the_shares_of_that_epoch(open_page: OpenPage) -> None:
    app = open_page("learn", section="many-images", epoch="3")
    shares = learn_view.memorized_by_group("demo")
    assert f"**{100 * shares['clean'][2]:.1f} %** of the clean images" in words(app)
    app.slider("learn epoch").set_value(10).run()
    assert f"**{100 * shares['mislabeled'][9]:.1f} %** of the mislabeled" in words(app)
    assert address(app, "epoch") == "10"


def test_replay_begins_anew_and_pause_stops_it(open_page: OpenPage) -> None:
    app = open_page("learn", section="many-images")
    assert app.slider("learn epoch").value == 20
    app.button("press play").click().run()
    fine(app)
    assert app.button("press play").label == "Pause"
    begun = app.slider("learn epoch").value
    assert begun < 4
    app.run()
    assert app.slider("learn epoch").value == begun + 1
    app.button("press play").click().run()
    assert app.button("press play").label == "Replay"
    stopped = app.slider("learn epoch").value
    app.run()
    assert app.slider("learn epoch").value == stopped


def test_a_mislabeled_image_shows_its_labels_and_what_it_was_taken_for(
    open_page: OpenPage,
) -> None:
    kind = "mislabeled, never memorized"
    view = learn_view.first_round("demo")
    slots = pick(view, kind)
    assert view.recorded.predictions_EN is not None
    clean_N = view.recording.clean_A[view.recorded.index_N]
    most_N = [np.bincount(view.recorded.predictions_EN[:, slot]).argmax() for slot in slots]
    seen_through = [place for place, slot in enumerate(slots) if most_N[place] == clean_N[slot]]
    assert len(seen_through) > len(slots) / 2  # the network sees what they are
    place = seen_through[0]
    app = open_page("learn", section="many-images", kind=kind, image=str(place + 1))
    index = view.recorded.index_N[slots[place]]
    given, clean = view.recording.given_A[index], view.recording.clean_A[index]
    assert given != clean
    text = words(app)
    assert f"Given label **{given}** · clean label **{clean}**" in text
    assert f"most often predicted as **{clean} (" in text
    assert "metric **20** after 20 epochs" in text.replace("−", "-")


def test_the_loss_forgets_and_the_metric_does_not(open_page: OpenPage) -> None:
    app = open_page("learn", section="why")
    found = metrics(app)
    assert float(found["AUROC of this epoch's loss"]) < 0.85
    assert float(found["AUROC of the metric"]) > 0.99
    assert found["Mislabeled images memorized"] == "100.0 %"
    app.slider("learn epoch of memorizing").set_value(3).run()
    assert float(metrics(app)["AUROC of this epoch's loss"]) > 0.95


def test_too_many_epochs_leave_the_order_and_lose_the_cut(open_page: OpenPage) -> None:
    app = open_page("learn", section="why", epoch="60")
    assert metrics(app)["Flagged by the default rule"] == "0"
    app.slider("learn epoch of memorizing").set_value(15).run()
    recorded = recording.load("memorizing").rounds[0]
    counts_N = recorded.counts_N(15)
    selection = select(counts_N, 15)
    assert metrics(app)["Flagged by the default rule"] == str(selection.n_flagged)
    assert selection.kept_N is not None
    f1 = f1_score(recorded.wrong_N, ~selection.kept_N)
    assert f"F1 {score(f1)}" in words(app)


def test_aurocs_are_those_of_scikit_learn() -> None:
    recorded = recording.load("memorizing").rounds[0]
    assert recorded.losses_EN is not None
    found = numbers.auroc_by_epoch(recorded)
    for epoch in (1, 20, 60):
        losses_N = recorded.losses_EN[epoch - 1]
        assert np.isclose(found["loss"][epoch - 1], roc_auc_score(recorded.wrong_N, losses_N))
        counts_N = recorded.counts_N(epoch)
        assert np.isclose(found["metric"][epoch - 1], roc_auc_score(recorded.wrong_N, counts_N))


def test_taking_the_fit_by_hand_comes_close_to_it_and_starting_over_does_not(
    open_page: OpenPage,
) -> None:
    app = open_page("learn", section="weibulls")
    app.toggle("learn all numbers").set_value(True).run()
    far = float(metrics(app)["You are behind by"].replace(",", ""))
    app.button("press fitted").click().run()
    fine(app)
    near = float(metrics(app)["You are behind by"].replace(",", "").replace("−", "-"))
    assert far > 1000
    assert -1e-6 <= near < 10
    fitted = learn_view.first_round("demo").mixture
    assert metrics(app)["Of the fitted mixture"] == f"−{-fitted.log_likelihood:,.0f}"
    app.toggle("learn shown").set_value(True).run()
    assert f"{100 * fitted.weight[1]:.1f} % mislabeled" in words(app)
    app.button("press over").click().run()
    assert float(metrics(app)["You are behind by"].replace(",", "")) == far


def test_a_first_class_has_three_sliders_and_counts_images_off_the_curves(
    open_page: OpenPage,
) -> None:
    app = open_page("learn", section="weibulls")
    labels = [item.label for item in app.slider]
    assert labels == [item.easy for item in SLIDERS.values() if item.easy]
    assert len(labels) == 3
    assert "likelihood" not in words(app)
    view = learn_view.first_round("demo")
    expected_C = view.expected_JC().sum(axis=0)
    best = np.abs(expected_C - view.n_by_count_C).sum() / 2
    assert metrics(app)["Off the fitted ones"] == f"{best:.0f}"
    far = int(metrics(app)["Images off your curves"].replace(",", ""))
    app.button("press fitted").click().run()
    fine(app)
    near = int(metrics(app)["Images off your curves"].replace(",", ""))
    assert abs(near - best) < 20 < 500 < far


def test_next_ticks_a_section_and_the_rest_takes_as_much_less_time(open_page: OpenPage) -> None:
    app = open_page("learn", section="cut")
    minutes = sum(section.minutes for section in SECTIONS.values())
    assert f"0 of {len(SECTIONS)} done, about {minutes} minutes left" in words(app)
    assert f"**Goal:** {SECTIONS['cut'].goal}" in words(app)
    app.button("press next").click().run()
    fine(app)
    left = minutes - SECTIONS["cut"].minutes
    assert f"1 of {len(SECTIONS)} done, about {left} minutes left" in words(app)
    app.button_group("learn section").set_value("cut").run()
    assert app.checkbox("learn done cut").value
    app.checkbox("learn done cut").uncheck().run()
    assert f"0 of {len(SECTIONS)} done" in words(app)


def test_the_sheet_holds_every_question_and_after_a_page_break_every_answer() -> None:
    questions, answers = html.unescape(printable_sheet()).split("</main>")[:2]
    for exercise in learn_tasks.EXERCISES:
        assert exercise.question in questions
        assert exercise.answer() in answers.replace("<i>", "*").replace("</i>", "*")
        assert exercise.answer() not in questions
    assert "main + main { break-before: page; }" in questions


def test_by_hand_at_the_fit_has_the_fits_own_log_likelihood() -> None:
    view = learn_view.first_round("demo")
    fitted = view.mixture
    same = numbers.by_hand(
        fitted,
        view.n_by_count_C,
        noise_rate=float(fitted.weight[1]),
        shape=(float(fitted.shape[0]), float(fitted.shape[1])),
        scale=(float(fitted.scale[0]), float(fitted.scale[1])),
        hard_share=fitted.hard_share,
    )
    assert np.isclose(same.log_likelihood, fitted.log_likelihood)


def test_a_density_blows_up_and_probabilities_of_counts_cannot() -> None:
    view = learn_view.first_round("demo")
    n_C = view.n_by_count_C
    squeezed = [numbers.squeezed(view.mixture, n_C, shape) for shape in (1e3, 1e5, 1e7)]
    density = [numbers.continuous_log_likelihood(item, n_C) for item in squeezed]
    grouped = [numbers.grouped_log_likelihood(item, n_C) for item in squeezed]
    peak = int(n_C[len(n_C) // 2 :].max())
    assert np.allclose(np.diff(density), peak * np.log(100), rtol=0.01)
    assert max(grouped) < 0
    assert max(grouped) <= view.mixture.log_likelihood


def test_moving_the_cut_changes_what_is_kept(open_page: OpenPage) -> None:
    app = open_page("learn", section="cut", cut="10")
    view = learn_view.first_round("demo")
    assert metrics(app)["Kept"] == f"{int((view.counts_N < 10).sum()):,}"
    app.number_input("learn cut").set_value(view.cut).run()
    (chart,) = [item for item in app.get("bidi_component") if "ruleCut" in item.proto.json]
    sent = json.loads(chart.proto.json)
    assert (sent["cut"], sent["ruleCut"], sent["scoresAre"]) == (view.cut, view.cut, "true")
    assert [sum(group["counts"]) for group in sent["groups"]] == [
        view.n - view.n_wrong,
        view.n_wrong,
    ]
    kept_N = view.counts_N < view.cut
    precision = (kept_N & ~view.recorded.wrong_N).sum() / kept_N.sum()
    assert metrics(app)["Precision of kept"] == score(float(precision))
    assert address(app, "cut") == str(view.cut)
    table = app.table[0].value
    assert table["Cut (epochs)"][table["Rule"].tolist().index("expected-error")] == str(view.cut)


def test_the_cut_of_the_lesson_is_that_of_the_product() -> None:
    view = learn_view.first_round("demo")
    selection = select_counts(view.n_by_count_C)
    assert (view.cut, view.n_wrong) == (selection.cut, int(view.recording.wrong_A.sum()))
    real = numbers.true_errors(view.clean_C, view.wrong_C)
    assert real["flagged_clean"][view.cut] == view.flagged_clean(view.cut)
    assert real["kept_wrong"][view.cut] == view.kept_wrong(view.cut)


def test_the_dearer_a_kept_wrong_label_the_lower_the_cheapest_cut(open_page: OpenPage) -> None:
    app = open_page("learn", section="cut")
    view = learn_view.first_round("demo")
    believed = numbers.expected_errors(view.mixture, view.n)
    cuts = []
    for price in (1, 10, 50):
        app.slider("learn price").set_value(price).run()
        fine(app)
        lowest = int(np.argmin(numbers.cost(believed, price)))
        assert f"lowest point of the dotted curve is at **{lowest}**" in words(app)
        table = app.table[0].value
        assert table["Cut (epochs)"][table["Rule"].tolist().index("posterior")] == str(lowest)
        cuts.append(lowest)
    assert cuts[0] == view.cut
    assert cuts == sorted(cuts, reverse=True)
    assert cuts[-1] < cuts[0]


def test_rounds_say_what_each_one_dropped(open_page: OpenPage) -> None:
    app = open_page("learn", section="rounds")
    kinds = recording.load("rounds").kinds_by_round()
    app.button_group("learn round").set_value(2).run()
    assert address(app, "round") == "2"
    found = metrics(app)
    assert found["Trained on"] == str(sum(kinds[1].values()))
    assert found["Dropped, mislabeled"] == str(kinds[1]["mislabeled"] - kinds[2]["mislabeled"])
    assert found["Dropped, clean"] == str(kinds[1]["clean"] - kinds[2]["clean"])
    app.slider("learn removed wrong").set_value(50.0).run()
    app.slider("learn rounds").set_value(3).run()
    assert "After 3 rounds **12.50 %** of the mislabeled" in words(app)


def test_the_quiz_counts_and_gives_its_reasons(open_page: OpenPage) -> None:
    app = open_page("learn", section="misunderstandings")
    app.button_group("learn belief 1").set_value("False").run()
    assert "**1** right of 1 answered" in words(app)
    view = learn_view.first_round("demo")
    assert f"{view.flagged_clean(view.cut)} of them have the right label" in words(app)
    app.button_group("learn belief 2").set_value("True").run()
    assert "**1** right of 2 answered" in words(app)
    app.toggle("learn reasons").set_value(True).run()
    fine(app)
    text = words(app)
    assert sum(not belief.true for belief in BELIEFS) >= 6
    for belief in BELIEFS:
        assert belief.statement in text
        assert belief.reason().replace("\\", "") in text
        assert "nan" not in belief.reason()


def test_exercises_check_numbers_and_reveal_answers(open_page: OpenPage) -> None:
    app = open_page("learn", section="exercises")
    app.number_input("learn answer 1").set_value(3).run()
    assert "not yet" in words(app)
    app.number_input("learn answer 1").set_value(-2).run()
    assert "not yet" not in words(app)
    assert ":green-badge[right]" in words(app)
    for number in range(1, len(learn_tasks.EXERCISES) + 1):
        app.toggle(f"learn reveal {number}").set_value(True)
    app.run()
    fine(app)
    assert "4 misclassified, 6 memorized: M = 4 − 6 = −2" in words(app)
    assert "11 rounds" in words(app)


def test_the_last_section_offers_the_demo_where_there_is_no_run(open_page: OpenPage) -> None:
    assert "Run the demo" in words(open_page("learn", section="exercises"))


@pytest.mark.parametrize("name", recording.NAMES)
def test_a_recording_is_small_whole_and_names_its_command_but_no_machine(name: str) -> None:
    assert (recording.FOLDER / f"{name}.npz").stat().st_size <= MAX_BYTES
    run = recording.load(name)
    assert run.command.startswith("python -m mild train")
    assert "/" not in run.command
    for number, recorded in enumerate(run.rounds):
        assert recorded.status_EN().shape == (recorded.n_epochs, recorded.n)
        if number:
            assert np.isin(recorded.index_N, run.rounds[number - 1].index_N).all()
    assert np.isin(run.kept_N, run.rounds[-1].index_N).all()


def test_predictions_and_status_of_the_recording_agree() -> None:
    run = recording.load("demo")
    recorded = run.rounds[0]
    assert recorded.predictions_EN is not None
    agrees_EN = recorded.predictions_EN == run.given_A[recorded.index_N]
    assert (agrees_EN == recorded.status_EN().astype(bool)).all()


def test_a_damaged_recording_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FOLDER", tmp_path)
    (tmp_path / "demo.npz").write_bytes(b"not a recording")
    with pytest.raises(DataError, match=r"mild/lesson/demo.npz cannot be read"):
        recording.load("demo")


def test_what_the_teachers_page_says_of_the_recordings_is_true() -> None:
    text = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
    view = learn_view.first_round("demo")
    assert f"{view.n:,} handwritten digits" in text
    assert f"**{recording.load('memorizing').rounds[0].n_epochs} epochs**" in text
    for section in SECTIONS.values():
        assert section.title in text
    often, lost = numbers.story([0, 1] * 10), numbers.story([1] * 10 + [0] * 10)
    assert "nine forgetting events against one" in text
    assert (often.metric, often.forgetting_events) == (0, 9)
    assert (lost.metric, lost.forgetting_events) == (0, 1)
    assert learn_view.stopped_after("memorizing", 60)[0] == 0
    planted = recording.load("planted").rounds[0]
    assert 2 * planted.counts_N().max() <= planted.n_epochs == 60
    assert 0.18 < planted.wrong_N.mean() < 0.2  # nearly one in five
    assert len(learn_tasks.EXERCISES) == 11
    assert "eleven exercises" in text


def test_the_teachers_plan_and_the_page_give_each_section_the_same_time() -> None:
    text = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) – (\d+) \| ([1-9][^|]*) \|", text, re.MULTILINE)
    sections = list(SECTIONS.values())
    planned = {}
    for begin, end, parts in rows:
        asked = [sections[int(number) - 1] for number in re.findall(r"\d", parts)]
        planned[parts] = (int(end) - int(begin), sum(section.minutes for section in asked))
    assert len(planned) == 7
    assert all(there == here for there, here in planned.values()), planned


def test_the_lesson_needs_neither_torch_nor_scikit_learn_nor_a_runs_folder(
    tmp_path: Path,
) -> None:
    code = (
        "import logging, sys; logging.disable(50)\n"
        "from mild.ui.learn import panel\n"
        "from mild.ui.learn.questions import beliefs, tasks\n"
        "[item.reason() for item in beliefs.BELIEFS]\n"
        "[item.answer() for item in tasks.EXERCISES]\n"
        "from mild.ui.learn import recorded as view\n"
        "view.mosaic_rows('demo'), view.auroc_by_epoch('demo')\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"MILD_RUNS_DIR": str(tmp_path / "nowhere")},
    )
    assert {"torch", "sklearn", "mild.training"}.isdisjoint(done.stdout.split())
    assert not list(tmp_path.iterdir())
