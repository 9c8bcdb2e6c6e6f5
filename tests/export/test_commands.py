"""`export` and `review-import` as people call them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from mild.cli.main import app
from mild.errors import ExportError, MildError, ReviewError, RunError
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions, undo
from mild.store.run import Run
from tests.runs_for_tests import write_run

WINDOW = Window("test", 0)


def call(*words: object) -> dict[str, object]:
    """The command's JSON, or the error it raised."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, MildError):
        raise result.exception
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("format_", ["csv", "parquet", "json", "cleanlab", "label-studio"])
def test_every_file_format_is_written(run: Run, tmp_path: Path, format_: str) -> None:
    decide(run.folder, {1: Decision("drop")}, WINDOW)
    path = tmp_path / "out"
    answer = call("export", run.run_id, "--format", format_, "--output", path, "--json")
    assert path.stat().st_size > 1000
    flagged = answer.pop("n_flagged")
    assert isinstance(flagged, int)
    assert 60 < flagged < 140
    assert answer == {
        "run_id": run.run_id, "format": format_, "output": str(path), "n": 300, "n_decided": 1,
        "n_written": 300, "n_rows": 300, "n_held_out": 0,
        "held_out": "60 images are held out for accuracy, and not judged: the run is older than "
        "that verdict.",
    }  # fmt: skip
    with pytest.raises(ExportError, match="exists already"):
        call("export", run.run_id, "--format", format_, "--output", path, "--json")
    call("export", run.run_id, "--format", format_, "--output", path, "--overwrite", "--json")


def test_an_image_folder_is_written(folder_run: tuple[Run, Path], tmp_path: Path) -> None:
    run, _ = folder_run
    output = tmp_path / "cleaned"
    words = ("export", run.run_id, "--format", "imagefolder", "--output", output, "--json")
    answer = call(*words, "--link")
    assert answer["n_written"] == len([file for file in output.rglob("*") if file.is_file()])
    with pytest.raises(ExportError, match="is not empty"):
        call(*words)
    with pytest.raises(ExportError, match="for --format imagefolder"):
        call("export", run.run_id, "--format", "csv", "--output", tmp_path / "a", "--link")


def test_a_cut_flags_more_or_less(run: Run, tmp_path: Path) -> None:
    words = ("export", run.run_id, "--format", "csv", "--overwrite", "--json")
    all_ = call(*words, "--output", tmp_path / "a.csv", "--cut", "0")
    highest = run.n_epochs(1) + 1
    none = call(*words, "--output", tmp_path / "a.csv", "--cut", highest)
    assert all_["n_flagged"] == 300
    assert none["n_flagged"] == int((~run.selection(0)["kept"]).sum())
    with pytest.raises(RunError, match=f"give a cut from 0 .* to {highest}"):
        call(*words, "--output", tmp_path / "a.csv", "--cut", highest + 1)


def test_a_table_edited_by_people_comes_back_in_one_step_of_undo(run: Run, tmp_path: Path) -> None:
    decide(run.folder, {5: Decision("keep")}, WINDOW)
    path = tmp_path / "reviewed.csv"
    call("export", run.run_id, "--format", "csv", "--output", path, "--json")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[0, "decision"] = "relabel"
    frame.loc[0, "new_label"] = "class 3"
    frame.loc[9, "decision"] = "drop"
    frame.to_csv(path, index=False)
    answer = call("review-import", run.run_id, path, "--json")
    assert answer == {"run_id": run.run_id, "n_read": 3, "n_changed": 2}
    after = {0: Decision("relabel", 3), 5: Decision("keep"), 9: Decision("drop")}
    assert decisions(run.folder) == after
    undo(run.folder, Window("later", 10))
    assert decisions(run.folder) == {5: Decision("keep")}


def test_a_table_with_one_wrong_row_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "reviewed.csv"
    path.write_text("index,decision\n1,drop\n2,eat\n")
    with pytest.raises(ReviewError, match="row 3: decision 'eat'"):
        call("review-import", run.run_id, path)
    assert decisions(run.folder) == {}


def test_a_run_that_has_selected_nothing_yet_cannot_be_exported(
    runs_root: Path, tmp_path: Path
) -> None:
    run = write_run(runs_root, until="begun")
    with pytest.raises(RunError, match="no round has its selection yet"):
        call("export", run.run_id, "--format", "csv", "--output", tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()
