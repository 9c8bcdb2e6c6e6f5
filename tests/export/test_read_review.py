"""Reading decisions back: all of them, or none with every reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mild.analysis.instances.measured import measure
from mild.errors import ReviewError
from mild.export.edited.read_review import read_review
from mild.export.formats import FILES
from mild.export.table import reviewed
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run

DECIDED = {0: Decision("relabel", 0), 4: Decision("drop"), 7: Decision("keep")}


@pytest.fixture
def run(folder_run: tuple[Run, Path]) -> Run:
    decide(folder_run[0].folder, DECIDED, Window("test", 0))
    return folder_run[0]


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_what_export_writes_is_read_back(run: Run, tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"reviewed.{format_}"
    path.write_bytes(FILES[format_].write(reviewed(run)))
    assert read_review(path, measure(run)) == DECIDED


def test_two_columns_are_enough_and_rows_without_decision_are_passed_over(
    run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", ("index", "decision"), ("3", "Keep"), ("5", ""), ("1", "drop"))
    assert read_review(path, measure(run)) == {3: Decision("keep"), 1: Decision("drop")}


def test_every_problem_is_told_at_once(run: Run, tmp_path: Path) -> None:
    measured = measure(run)
    name = str(measured.names_A[9])
    path = write(
        tmp_path / "a.csv",
        ("index", "name", "decision", "new_label"),
        ("0", "another.png", "keep", ""),
        ("90", "x", "keep", ""),
        ("-1", "x", "keep", ""),
        ("9", name, "eat", ""),
        ("9", name, "keep", ""),
        ("8", str(measured.names_A[8]), "relabel", ""),
        ("7", str(measured.names_A[7]), "relabel", "horse"),
        ("6", str(measured.names_A[6]), "drop", "dog"),
        ("5", str(measured.names_A[5]), "keep", ""),
    )
    with pytest.raises(ReviewError) as caught:
        read_review(path, measured)
    problems = caught.value.problems
    assert len(problems) == 8
    assert "a.csv: nothing was imported, because row 2: name is 'another.png'" in problems[0]
    assert "this file is of another run" in problems[0]
    assert problems[1] == "row 3: index '90' is not a whole number from 0 to 89."
    assert "index '-1' is not a whole number" in problems[2]
    assert problems[3] == "row 5: decision 'eat' is not one of keep, relabel, drop or empty."
    assert problems[4] == "row 6: index 9 is in row 5 already."
    assert problems[5] == "row 7: the decision is relabel, but new_label is empty."
    assert "row 8: new_label 'horse' is not a class; known are" in problems[6]
    assert problems[7] == "row 9: new_label is 'dog', but the decision is not relabel."


def test_of_very_many_problems_the_rest_is_counted(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ("index", "decision"), *((str(i), "eat") for i in range(60)))
    with pytest.raises(ReviewError) as caught:
        read_review(path, measure(run))
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "40 more rows have problems."


def test_a_file_that_is_no_review_is_a_sentence(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ("file", "label"), ("a", "b"))
    with pytest.raises(ReviewError, match="column 'index' is missing; found file, label") as caught:
        read_review(path, measure(run))
    assert len(caught.value.problems) == 2
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    for missing in ("b.csv", "none.csv"):
        with pytest.raises(ReviewError, match=r"\.csv"):
            read_review(tmp_path / missing, measure(run))
