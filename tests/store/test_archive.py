"""A run that an earlier version wrote opens today: before planted labels, held-out verdicts, cuts
within a count and the columns that came with them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

from mild.analysis.instances.measured import measure
from mild.analysis.outcome import outcome_of
from mild.analysis.rounds.select_round import select_round
from mild.analysis.rounds.side_by_side import view_rounds
from mild.export.table import reviewed, table
from mild.report.page import make_report
from mild.store.run import Run, open_run
from tests.conftest import PROJECT

ARCHIVE = PROJECT / "tests" / "archive" / "run-2026-11-24-schema-1.tar.xz"
RUN_ID = "archived-20261124-172703-b399"


@pytest.fixture
def archived(tmp_path: Path) -> Run:
    with tarfile.open(ARCHIVE) as files:
        files.extractall(tmp_path, filter="data")
    return open_run(RUN_ID, tmp_path)


def test_what_its_rounds_came_to_is_read_as_it_was_written(archived: Run) -> None:
    answer = outcome_of(archived)
    assert answer["state"] == "done"
    assert [(item["kept"], item["cut"]) for item in answer["rounds"]] == [(916, 3), (880, 2)]
    assert [item["planted"] for item in answer["rounds"]] == [None, None]
    assert [item["can_tell"] for item in answer["rounds"]] == [None, None]


def test_nothing_is_said_to_be_planted_or_held_out(archived: Run) -> None:
    assert len(archived.planted(0)) == 0
    assert not measure(archived).held_out_A.any()
    assert select_round(archived, 0, archived.config().selection).anchored is None


def test_its_images_are_measured_and_exported(archived: Run) -> None:
    frame = table(reviewed(archived))
    assert len(frame) == 1438
    assert int((~frame["is_label_issue"]).sum()) == 880
    assert np.isfinite(frame["label_score"].astype(float)).all()


def test_pages_and_report_have_their_values(archived: Run) -> None:
    rounds = view_rounds(archived)
    assert rounds is not None
    assert len(rounds.outcomes) == 2
    assert RUN_ID in make_report(archived)
