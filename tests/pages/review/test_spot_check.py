"""Spot checks on the pages: no verdict is shown, answers measure, figures take over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mild.analysis.checks.sides import Sides, sides_of_round, sides_of_run
from mild.analysis.checks.spot_checks import checked, draw
from mild.analysis.instances.measured import measure
from mild.store.review.checks import Answer, answer, checks
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.run import Run, open_run
from mild.ui.cache import rounds
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("template"), clean_known=False)


@pytest.fixture
def run(template: Run, runs_root: Path) -> Run:
    """A finished run without clean labels, of this test's own."""
    shutil.copytree(template.folder.path, runs_root / template.run_id)
    return open_run(template.run_id)


def card(app: AppTest) -> dict[str, Any]:
    """What the browser is told."""
    (found,) = (item for item in app.get("bidi_component") if item.key == "spot check")
    data: dict[str, Any] = json.loads(found.proto.json)
    return data


def send(app: AppTest, *actions: tuple[str, int]) -> AppTest:
    """As check.js does: what was answered, numbered; `app` runs again."""
    asked = [
        {"number": number, "kind": kind, "indices": [index], "value": None}
        for number, (kind, index) in enumerate(actions, 1)
    ]
    app.session_state["spot check"] = {"actions": {"source": "browser", "list": asked}}
    return app.run()


def button(app: AppTest, label: str) -> Any:
    (found,) = (item for item in app.button if item.label.startswith(label))
    return found


def answer_all(run: Run, *, wrong_where_flagged: bool = True) -> None:
    """Flagged labels are wrong and kept ones right, or the other way round."""
    flagged_A, now = measure(run).flagged_A, checks(run.folder)
    given: dict[int, Answer | None] = {
        index: "wrong" if flagged_A[index] == wrong_where_flagged else "right"
        for index in now.to_answer
    }
    answer(run.folder, given, "a test")


def sampled(run: Run, n: int = 50) -> None:
    draw(run, sides_of_run(measure(run)), n, seed=1)


def test_the_button_draws_a_sample_and_shows_it_without_the_verdict(
    run: Run, open_page: OpenPage
) -> None:
    app = open_page("review", run=run.run_id, check="1")
    assert "without saying which" in words(app)
    button(app, "Check 50 images").click().run()
    fine(app)
    data, measured = card(app), measure(run)
    assert (data["n"], data["n_answered"], len(data["items"])) == (50, 0, 50)
    about = {"index", "name", "given", "answer", "width", "height", "sample"}
    assert set(data["items"][0]) == about
    assert data["items"][0]["sample"] is None  # a picture is there
    flagged = measured.flagged_A[[item["index"] for item in data["items"]]]
    assert flagged.sum() == 25
    assert 0 < flagged[:25].sum() < 25  # the order tells nothing
    for word in ("flagged images decided", "Dropped in", "suspicious"):
        assert word not in words(app)


def test_answers_are_written_once_and_taken_back(run: Run, open_page: OpenPage) -> None:
    sampled(run)
    app = open_page("review", run=run.run_id, check="1")
    first, second, third = (item["index"] for item in card(app)["items"][:3])
    send(app, ("right", first), ("wrong", second), ("unknown", third))
    assert checks(run.folder).answers == {first: "right", second: "wrong", third: "unknown"}
    send(app, ("right", first), ("wrong", second), ("unknown", third), ("undo", third))
    assert checks(run.folder).answers == {first: "right", second: "wrong"}
    assert [item["answer"] for item in card(app)["items"][:3]] == ["right", "wrong", None]
    assert decisions(run.folder) == {}


def test_the_end_says_what_was_measured_and_offers_more(run: Run, open_page: OpenPage) -> None:
    sampled(run)
    answer_all(run)
    app = open_page("review", run=run.run_id, check="1")
    fine(app)
    metrics = {item.label: item.value for item in app.metric}
    assert metrics["Precision of kept"] == "1.00"
    assert metrics["F1 of flagged"] == "1.00"
    assert "Of 50 images that you could tell, 25 have a wrong label." in words(app)
    button(app, "Drop the 25 images found wrong").click().run()
    wrong = [index for index, is_wrong in checks(run.folder).wrong.items() if is_wrong]
    assert decisions(run.folder) == dict.fromkeys(sorted(wrong), Decision("drop"))
    button(app, "Check 50 more").click().run()
    fine(app)
    assert card(app)["n"] == 50
    assert len(checks(run.folder).drawn) == 100


def test_measured_figures_take_the_place_of_estimates(run: Run, open_page: OpenPage) -> None:
    app = open_page("rounds", run=run.run_id)
    assert "Precision of kept, estimated" in app.dataframe[0].value
    sampled(run)
    answer_all(run)
    app = open_page("rounds", run=run.run_id)
    fine(app)
    assert "Measured by 50 checked images: wrong labels" in words(app)
    table = app.dataframe[0].value
    assert "Precision of kept, estimated" not in table
    assert table["Precision of kept, measured"].iloc[-1].startswith("1.000")
    app = open_page("selection", run=run.run_id)
    fine(app)
    assert "Measured by 50 checked images" in words(app)
    (precision,) = (item for item in app.metric if item.label == "Precision of kept")
    assert precision.delta.startswith("measured (")
    assert "Measured by 50 checked images" in words(open_page("review", run=run.run_id))


def test_a_decision_does_not_have_the_check_measured_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[str] = []

    def counted(run: Run) -> None:
        measured.append(run.run_id)

    monkeypatch.setattr(rounds, "trust_in_run", counted)
    st.cache_resource.clear()
    sampled(run)
    answer_all(run)
    rounds.trust_note(run)
    decide(run.folder, {3: Decision("drop")}, Window("a test", 0))
    rounds.trust_note(run)
    assert len(measured) == 1
    first = checks(run.folder).drawn[0]
    answer(run.folder, {first: "unknown"}, "a test")
    rounds.trust_note(run)
    assert len(measured) == 2


def test_a_contradicted_fit_is_said_and_the_better_cut_offered(
    run: Run, open_page: OpenPage
) -> None:
    record = run.rounds()[0]
    sides = sides_of_round(run, 0, 0)
    assert sides is not None
    assert sides.score_A is not None
    draw(run, sides, 80, seed=1)
    suspicious = np.nan_to_num(sides.score_A) >= 7
    given: dict[int, Answer | None] = {
        index: "wrong" if suspicious[index] else "right" for index in checks(run.folder).drawn
    }
    answer(run.folder, given, "a test")
    app = open_page("selection", run=run.run_id, round="1")
    fine(app)
    text = words(app)
    assert f"The fit estimates {100 * record.noise_rate_estimate:.1f} % wrong labels" in text
    assert "Judging by the checked images, a cut of 7 epochs fits better" in text
    button(app, "Use cut 7").click().run()
    fine(app)
    assert app.number_input[0].value == 7
    assert "fits better" not in words(app)


def test_the_selection_page_sends_its_round_and_cut_along(run: Run, open_page: OpenPage) -> None:
    app = open_page("selection", run=run.run_id, round="2", cut="2")
    button(app, "Check 50 images").click().run()
    (sample,) = checks(run.folder).samples
    assert (sample.round, sample.cut) == (1, 2.0)
    drawn = list(checks(run.folder).drawn)
    assert np.isin(drawn, run.index(1)).all()


def test_planted_images_are_never_drawn(run: Run) -> None:
    path = run.folder.round(0) / "selection.npz"
    selection = run.selection(0)
    planted = np.zeros(len(selection["kept"]), dtype=bool)
    planted[::5] = True
    kept = selection["kept"] & ~planted
    np.savez(path, **{**selection, "planted": planted, "kept": kept})  # type: ignore[arg-type]
    sides = sides_of_round(run, 0)
    assert sides is not None
    draw(run, sides, 300, seed=0)
    assert sorted(checks(run.folder).drawn) == run.index(0)[~planted].tolist()


def test_samples_of_a_round_and_of_a_run_with_held_out_images_are_read_together(run: Run) -> None:
    sides = sides_of_round(run, 0)
    assert sides is not None
    draw(run, sides, 40, seed=0)
    answer_all(run)
    n_held_out = 30
    more = Sides(
        kept_A=np.append(sides.kept_A, np.ones(n_held_out, dtype=bool)),
        flagged_A=np.append(sides.flagged_A, np.zeros(n_held_out, dtype=bool)),
    )
    alone = checked(run, sides.kept_A, sides.flagged_A)
    whole = checked(run, more.kept_A, more.flagged_A)
    assert alone is not None
    assert whole is not None
    assert whole.n_kept == alone.n_kept + n_held_out
    # nobody looked at held-out images: one does not know more by counting them
    assert whole.precision.low < alone.precision.low
    draw(run, more, 400, seed=0)
    answer(run.folder, dict.fromkeys(checks(run.folder).to_answer, "right"), "a test")
    again = checked(run, sides.kept_A, sides.flagged_A)
    assert again is not None
    assert again.n_checked == int(sides.judged_A.sum())


def test_without_pictures_the_names_are_checked(run: Run, open_page: OpenPage) -> None:
    run.folder.thumbnails.unlink()
    sampled(run)
    app = open_page("review", run=run.run_id, check="run")
    fine(app)
    first = card(app)["items"][0]
    assert (card(app)["sheet"], first["name"]) == (None, f"train {first['index']}")
    assert "back to the sample" in words(app)
    send(app, ("right", first["index"]))
    fine(app)
    assert checks(run.folder).answers == {first["index"]: "right"}
