"""`agreement` and `review-import --second`: opinions from files, compared and exported."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from mild.access.reviewer import VARIABLE
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from tests.in_process import Done, command
from tests.runs_for_tests import write_run


def mild(*words: str) -> Done:
    return command(list(words))


def test_opinions_from_a_file_are_compared_and_exported(
    runs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    run = write_run(runs_root)
    first = {1: Decision("keep"), 2: Decision("drop"), 3: Decision("drop")}
    decide(run.folder, first, Window("a", 0, "anna"))
    said = tmp_path / "said.csv"
    said.write_text("index,decision\n1,keep\n2,drop\n3,keep\n")
    done = mild("review-import", run.run_id, str(said), "--second", "--json")
    assert json.loads(done.stdout)["reviewer"] == "ben"
    assert decisions(run.folder) == first
    told = json.loads(mild("agreement", run.run_id, "--json").stdout)
    assert told["conflicts"] == [3]
    (pair,) = told["agreements"]
    assert (pair["reviewers"], pair["n"], pair["n_same"]) == (["anna", "ben"], 3, 2)
    assert pair["kappa"]["value"] == pytest.approx(0.4)
    assert ".40" in mild("agreement", run.run_id).stdout
    out = tmp_path / "out.csv"
    mild("export", run.run_id, "--format", "csv", "--output", str(out))
    with out.open() as file:
        row = list(csv.DictReader(file))[3]
    assert (row["reviewer"], row["second_opinions"], row["conflict"]) == (
        "anna",
        "ben: keep",
        "True",
    )


def test_a_second_opinion_needs_a_name(
    runs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    run = write_run(runs_root)
    said = tmp_path / "said.csv"
    said.write_text("index,decision\n1,keep\n")
    refused = mild("review-import", run.run_id, str(said), "--second")
    assert refused.returncode == 1
    assert "name them with --reviewer" in refused.stderr
    bad = mild("review-import", run.run_id, str(said), "--reviewer", "x" * 99)
    assert "1 to 80 characters, not 99" in bad.stderr
    assert "No two reviewers" in mild("agreement", run.run_id).stdout
