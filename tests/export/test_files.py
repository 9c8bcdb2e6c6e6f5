"""Formats: each says the same, in the words of the program that reads it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from mild.errors import ExportError
from mild.export.formats import FILES
from mild.export.formats.csv_file import harmless
from mild.export.table import COLUMNS, Reviewed, reviewed, table
from mild.export.write import write_file
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run


@pytest.fixture
def found(folder_run: tuple[Run, Path]) -> Reviewed:
    run, _ = folder_run
    wanted = {0: Decision("relabel", 1), 1: Decision("drop"), 2: Decision("keep")}
    decide(run.folder, wanted, Window("test", 0))
    return reviewed(run)


def test_csv_has_a_row_per_instance_and_no_formula(found: Reviewed) -> None:
    text = FILES["csv"].write(found).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == found.measured.n
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell[:1] in ("=", "@", "\t") for cell in cells)
    assert any(row["given_label"] == "'=cmd|' /C calc'!A0" for row in rows)
    assert any(row["name"].startswith("'=cmd") for row in rows)
    assert rows[0]["decision"] == "relabel"
    assert rows[0]["new_label"] == "cat <b>"
    assert any(row["metric"].startswith("-") for row in rows)


@pytest.mark.parametrize("text", ["=1", "+a", "-a", "@x", "\tx", "\rx", "-1+1", "+1|x"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e3", "cat", "", "a=b", "1-2"])
def test_numbers_and_plain_words_stay_what_they_are(text: str) -> None:
    assert harmless(text) == text


def test_parquet_keeps_the_types_and_names_its_run(found: Reviewed) -> None:
    import pyarrow.parquet as pq

    content = FILES["parquet"].write(found)
    frame = pd.read_parquet(io.BytesIO(content))
    pd.testing.assert_frame_equal(frame, table(found), check_dtype=False)
    assert frame["is_label_issue"].dtype == bool
    assert frame["name"].str.contains("=1", regex=False).any()
    metadata = pq.read_schema(io.BytesIO(content)).metadata
    assert metadata[b"mild_run"].decode() == found.run.run_id


def test_json_is_one_object_with_null_for_what_is_unknown(found: Reviewed) -> None:
    content = json.loads(FILES["json"].write(found))
    assert content["run_id"] == found.run.run_id
    assert content["n"] == len(content["instances"]) == found.measured.n
    assert list(content["instances"][0]) == list(content["columns"]) == list(COLUMNS)
    assert content["instances"][0]["new_label"] == "cat <b>"
    assert content["instances"][0]["clean_label"] is None
    assert content["instances"][3]["decision"] is None


def test_cleanlab_has_the_columns_of_its_label_issues(found: Reviewed) -> None:
    frame = pd.read_csv(io.BytesIO(FILES["cleanlab"].write(found)))
    assert list(frame) == ["is_label_issue", "label_score", "given_label", "predicted_label"]
    assert frame["is_label_issue"].dtype == bool
    assert frame["label_score"].between(0, 1).all()
    assert frame["label_score"][frame["is_label_issue"]].max() < (
        frame["label_score"][~frame["is_label_issue"]].min()
    )


def test_label_studio_tasks_hold_image_suggestion_and_decision(found: Reviewed) -> None:
    tasks = json.loads(FILES["label-studio"].write(found))
    assert len(tasks) == found.measured.n
    name = str(found.measured.names_A[0])
    assert tasks[0]["data"]["name"] == name
    assert tasks[0]["data"]["image"].startswith("/data/local-files/?d=%3Dcmd")
    assert tasks[0]["annotations"][0]["result"][0]["value"]["choices"] == ["cat <b>"]
    assert "annotations" not in tasks[1]
    assert tasks[1]["data"]["decision"] == "drop"
    given = found.measured.class_names[found.measured.given_A[2]]
    assert tasks[2]["annotations"][0]["result"][0]["value"]["choices"] == [given]
    suggested = found.measured.class_names[found.measured.suggested_A[5]]
    prediction = tasks[5]["predictions"][0]
    assert prediction["result"][0]["value"]["choices"] == [suggested]
    assert 0 <= prediction["score"] <= 1


def test_a_file_that_is_there_is_replaced_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "reviewed.csv"
    write_file(path, b"first")
    with pytest.raises(ExportError, match="exists already, and may hold decisions"):
        write_file(path, b"second")
    assert path.read_bytes() == b"first"
    write_file(path, b"second", overwrite=True)
    assert path.read_bytes() == b"second"
    with pytest.raises(ExportError, match="is a folder"):
        write_file(tmp_path, b"third")
    with pytest.raises(ExportError, match="cannot be written"):
        write_file(tmp_path / "no" / "such.csv", b"fourth")
