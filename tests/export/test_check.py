"""`check`: a sample as a table without verdicts, its answers read back, and what they measure."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mild.analysis.checks.sides import sides_of_run
from mild.analysis.checks.spot_checks import checked
from mild.analysis.instances.measured import measure
from mild.analysis.outcome import outcome_of
from mild.cli.main import app
from mild.errors import ReviewError
from mild.export.edited.answers import read_answers
from mild.report.page import make_report
from mild.store.review.checks import checks
from mild.store.review.decisions import decisions
from mild.store.run import Run
from tests.export.test_read_review import write

ROW = ("index", "answer")


def ask(*arguments: object) -> dict[str, Any]:
    words = [*map(str, arguments), "--seed", "1", "--json"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    answer: dict[str, Any] = json.loads(done.output)
    return answer


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def fill(path: Path, run: Run, *, left_out: int = 0) -> None:
    """As a person who knows the truth."""
    known = run.instances()
    assert known.clean_N is not None
    found = rows(path)
    for row in found[left_out:]:
        index = int(row["index"])
        row["answer"] = "keep" if known.given_N[index] == known.clean_N[index] else "Wrong"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)


def test_from_a_sample_to_measured_figures(run: Run, tmp_path: Path) -> None:
    path, measured = tmp_path / "sample.csv", measure(run)
    drawn = ask("check", run.run_id, "--n", 60, "--output", path)
    assert (drawn["n_written"], drawn["n_drawn"], drawn["check"]) == (60, 60, None)
    assert list(rows(path)[0]) == ["index", "name", "given_label", "answer"]
    flagged = [bool(measured.flagged_A[int(row["index"])]) for row in rows(path)]
    assert sum(flagged) == 30
    assert flagged != sorted(flagged)
    fill(path, run)
    read = ask("check", run.run_id, "--read", path)
    assert (read["n_read"], read["n_changed"], read["n_to_answer"]) == (60, 60, 0)
    records, known = run.rounds(), run.instances()
    low, high = read["check"]["noise_rate_interval"]
    assert low <= (known.given_N != known.clean_N).mean() <= high
    low, high = read["check"]["precision_interval"]
    assert low <= (records[-1].precision or 0) <= high
    assert read["source"] == "truth"
    assert ask("check", run.run_id)["check"] == read["check"]
    assert decisions(run.folder) == {}


def test_images_that_wait_for_an_answer_come_again_before_new_ones(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "sample.csv"
    ask("check", run.run_id, "--n", 20, "--output", path)
    fill(path, run, left_out=15)
    again = ask("check", run.run_id, "--read", path)
    assert (again["n_read"], again["n_to_answer"], again["check"]) == (5, 15, None)
    more = ask("check", run.run_id, "--n", 20, "--output", path, "--overwrite")
    assert (more["n_written"], more["n_drawn_now"], more["n_drawn"]) == (20, 5, 25)
    indices = [int(row["index"]) for row in rows(path)]
    assert set(indices).isdisjoint(checks(run.folder).answers)


def test_a_check_takes_the_place_of_estimates_where_the_truth_is_unknown(
    folder_run: tuple[Run, Path], tmp_path: Path
) -> None:
    run, path = folder_run[0], tmp_path / "sample.csv"
    assert outcome_of(run)["source"] == "estimated"
    assert outcome_of(run)["check"] is None
    ask("check", run.run_id, "--n", 30, "--output", path)
    lines = [(row["index"], "right" if n % 3 else "wrong") for n, row in enumerate(rows(path))]
    ask("check", run.run_id, "--read", write(tmp_path / "a.csv", ROW, *lines))
    summary = outcome_of(run)
    assert summary["source"] == "checked"
    assert summary["check"]["n_checked"] == 30
    assert summary["check"]["n_wrong"] == 10
    report = make_report(run)
    assert "Measured by 30 checked images" in report


def test_the_same_answers_say_what_another_cut_is_worth(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    ask("check", run.run_id, "--n", 150, "--output", path)
    fill(path, run)
    own = ask("check", run.run_id, "--read", path)["check"]
    other = ask("check", run.run_id, "--cut", 1)["check"]
    assert other["n_flagged"] > own["n_flagged"]
    assert other["recall"] < own["recall"]
    measured, known = measure(run, cut=1), run.instances()
    right = known.given_N == known.clean_N
    low, high = other["recall_interval"]
    assert low <= (right & ~measured.flagged_A).sum() / right.sum() <= high


def test_every_problem_of_a_table_is_told_at_once(
    folder_run: tuple[Run, Path], tmp_path: Path
) -> None:
    run = folder_run[0]
    measured = measure(run)
    path = write(
        tmp_path / "a.csv",
        ("index", "name", "answer"),
        ("3", str(measured.names_A[3]), "right"),
        ("4", "another.png", "right"),
        ("5", str(measured.names_A[5]), "perhaps"),
        ("5", str(measured.names_A[5]), "right"),
        ("999", "x", "right"),
        ("6", str(measured.names_A[6]), ""),
    )
    with pytest.raises(ReviewError) as caught:
        read_answers(path, measured, drawn=[5, 6])
    first, *others = caught.value.problems
    assert first.endswith(
        "row 2: index 3 was not drawn for a check; images of one's own choice measure nothing."
    )
    assert others[0].startswith("row 3: name is 'another.png', in the run it is")
    assert others[1:] == [
        "row 4: answer 'perhaps' is not one of right, wrong, unknown or empty.",
        "row 5: index 5 is in row 4 already.",
        "row 6: index '999' is not a whole number from 0 to 89.",
    ]


def test_a_table_without_its_columns_and_two_wishes_at_once_are_sentences(
    run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", ("index", "verdict"), ("1", "keep"))
    with pytest.raises(ReviewError, match="column 'answer' is missing; found index, verdict"):
        read_answers(path, measure(run), drawn=[1])
    both = CliRunner().invoke(
        app, ["check", run.run_id, "--read", str(path), "--output", str(tmp_path / "b.csv")]
    )
    assert isinstance(both.exception, ReviewError)
    assert "give one of them" in str(both.exception)


def test_nothing_is_drawn_for_a_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")
    done = CliRunner().invoke(app, ["check", run.run_id, "--output", str(tmp_path / "there.csv")])
    assert "exists already" in str(done.exception)
    assert checks(run.folder).drawn == ()
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_images_nobody_can_tell_are_left_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    ask("check", run.run_id, "--n", 40, "--output", path)
    lines = [(row["index"], "?" if n < 10 else "right") for n, row in enumerate(rows(path))]
    ask("check", run.run_id, "--read", write(tmp_path / "a.csv", ROW, *lines))
    sides = sides_of_run(measure(run))
    found = checked(run, sides.kept_A, sides.flagged_A)
    assert found is not None
    assert (found.n_checked, found.n_unknown, found.n_wrong) == (30, 10, 0)


def test_without_json_people_read_what_to_do_next(run: Run, tmp_path: Path) -> None:
    def said(*words: object) -> str:
        return CliRunner().invoke(app, [*map(str, words)]).output.replace("\n", " ")

    path = tmp_path / "sample.csv"
    assert "No image was drawn to be checked yet" in said("check", run.run_id)
    assert "50 images to check are in" in said("check", run.run_id, "--output", path)
    fill(path, run)
    text = said("check", run.run_id, "--read", path)
    assert "50 of 50 drawn images are answered." in text
    assert "Wrong labels" in text
    assert "F1 of flagged" in text
