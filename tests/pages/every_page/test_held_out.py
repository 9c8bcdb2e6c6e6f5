"""What the pages say of images that are held out, and of runs that hold nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from mild.analysis.instances.measured import measure
from mild.cli.main import app as command_line
from mild.config import parse
from mild.figures.curves import learning_curves
from mild.report.page import make_report
from mild.store.run import Run, all_runs
from mild.store.writer import create_run
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.review.test_review import shown, shown_verdicts
from tests.runs_for_tests import write_run

NOTHING = "Nothing is held out, so there is no accuracy."
JUDGED = (
    "45 images are held out for accuracy: no round trains on them, and they are judged by what the "
    "network predicted them as."
)


def captions(app: AppTest) -> list[str]:
    return [item.value for item in app.caption]


@pytest.mark.parametrize(("n_held_out", "sentence"), [(0, NOTHING), (45, JUDGED)])
@pytest.mark.parametrize("page", ["live", "selection", "rounds"])
def test_every_page_of_a_run_says_what_is_held_out(
    runs_root: Path, open_page: OpenPage, page: str, n_held_out: int, sentence: str
) -> None:
    run = write_run(runs_root, n_held_out=n_held_out)
    app = open_page(page, run=run.run_id)
    fine(app)
    assert sentence in captions(app)


def test_runs_without_accuracy_are_compared_without_an_empty_chart(
    runs_root: Path, open_page: OpenPage
) -> None:
    first, second = (write_run(runs_root, seed=seed, n_held_out=0) for seed in (0, 1))
    app = open_page("compare", runs=f"{first.run_id},{second.run_id}")
    fine(app)
    assert "Nothing is held out in any of these runs, so there is no accuracy." in captions(app)
    fine(open_page("runs"))


def test_the_report_of_a_run_says_what_is_held_out(runs_root: Path) -> None:
    assert NOTHING in make_report(write_run(runs_root, n_held_out=0))
    assert JUDGED in make_report(write_run(runs_root, seed=1, n_held_out=45))


def test_learning_curves_have_an_axis_of_accuracy_only_where_there_is_one() -> None:
    stages = {"round 1": 1}
    assert "yaxis2" not in learning_curves([2.0, 1.0], [None, None], stages).to_dict()["layout"]
    assert "yaxis2" in learning_curves([2.0, 1.0], [None, 0.5], stages).to_dict()["layout"]


def test_the_list_of_runs_on_the_command_line_takes_a_run_without_accuracy(
    runs_root: Path,
) -> None:
    write_run(runs_root, n_held_out=0)
    assert CliRunner().invoke(command_line, ["runs"]).exit_code == 0


@pytest.fixture
def run(runs_root: Path) -> Run:
    return write_run(runs_root, n_held_out=45)


def test_the_review_shows_the_held_out_part_alone(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, show="all", part="held-out")
    fine(app)
    assert sorted(shown(app)) == list(range(300, 345))
    assert JUDGED in captions(app)
    app = open_page("review", run=run.run_id, show="all", part="held-out", layout="table")
    fine(app)


def test_the_order_of_the_review_is_that_of_the_score(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    fine(app)
    scores = measure(run).score_A[shown(app)]
    assert (scores[:-1] <= scores[1:]).all()


def test_the_form_shows_the_share_that_the_source_has_by_default(
    runs_root: Path, open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value("digits").run()
    fine(app)
    (share,) = (item for item in app.number_input if item.label == "Held-out share")
    assert (share.value, share.placeholder) == (None, "automatic: 0.2")
    app.selectbox("data").set_value("folder").run()
    (share,) = (item for item in app.number_input if item.label == "Held-out share")
    assert share.placeholder == "automatic: 0, for your own images"
    share.set_value(0.0).run()
    fine(app)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (None, "20 % of each class is held out for accuracy"),
        (0.0, "All are trained on: nothing is held out, so there will be no accuracy."),
    ],
)
def test_the_form_says_beside_the_images_how_many_will_be_held_out(
    runs_root: Path, open_page: OpenPage, asked: float | None, sentence: str
) -> None:
    create_run(parse({"data": {"test_fraction": asked}}), runs_root)
    (run,) = all_runs()
    app = open_page("new_run", like=run.run_id)
    fine(app)
    assert sentence in words(app)


def test_the_review_counts_the_held_out_apart_and_the_rest_as_home_does(
    run: Run, open_page: OpenPage
) -> None:
    measured = measure(run)
    n_held_out = int((measured.flagged_A & measured.held_out_A).sum())
    n_dropped = sum(item.trained_on - item.kept for item in run.rounds())
    assert n_held_out > 0
    app = open_page("review", run=run.run_id)
    assert shown_verdicts(app).endswith(f" · {n_dropped} + {n_held_out} flagged")
