"""Runs that earlier versions wrote open today: one from before planted labels, held-out verdicts
and cuts within a count; and one with decisions whose worker was killed, before files had a number.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

from mild.analysis.instances.measured import measure
from mild.analysis.outcome import outcome_of
from mild.analysis.rounds.select_round import select_round
from mild.analysis.rounds.side_by_side import view_rounds
from mild.config import options, parse
from mild.export.table import reviewed, table
from mild.report.page import make_report
from mild.store.notices import notices
from mild.store.review import decisions
from mild.store.review.about import about
from mild.store.review.decision import Decision, Window
from mild.store.run import Run, open_run
from mild.store.writer import RunWriter
from tests.conftest import PROJECT

ARCHIVE = PROJECT / "tests" / "archive" / "run-2026-11-24-schema-1.tar.xz"
RUN_ID = "archived-20261124-172703-b399"
KILLED = ARCHIVE.with_name("run-2026-11-28-schema-1-killed.tar.xz")
KILLED_ID = "archived-20261128-145823-6d28"


def unpack(archive: Path, root: Path) -> None:
    """The run of an archive into a runs folder."""
    with tarfile.open(archive) as files:
        # Python 3.11.2, Debian's, knows no filter yet; the later ones warn where none is named.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        files.extractall(root, **safely)  # type: ignore[arg-type]


@pytest.fixture
def archived(tmp_path: Path) -> Run:
    unpack(ARCHIVE, tmp_path)
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


@pytest.fixture
def killed(tmp_path: Path) -> Run:
    unpack(KILLED, tmp_path)
    return open_run(KILLED_ID, tmp_path)


def test_a_run_whose_log_was_left_is_read_whole(killed: Run) -> None:
    assert killed.folder.database.with_name("run.db-wal").stat().st_size
    answer = outcome_of(killed)
    assert answer["state"] == "interrupted"
    assert [(item["kept"], item["planted"]) for item in answer["rounds"]] == [(845, 100)]
    assert len(killed.epochs()) == 10
    assert notices(killed) == ()


def test_its_decisions_are_read_gone_on_with_and_exported(killed: Run) -> None:
    assert about(killed.folder).name == "made before numbers"
    window = Window("today", decisions.last_action(killed.folder))
    decisions.decide(killed.folder, {9: Decision("keep")}, window)
    frame = table(reviewed(killed)).set_index("index")
    assert frame["decision"].dropna().to_dict() == {3: "drop", 5: "relabel", 9: "keep"}
    decisions.undo(killed.folder, window)
    decisions.undo(killed.folder, window)  # what was decided then
    assert decisions.decisions(killed.folder) == {}


def test_it_is_taken_further_when_it_is_written_and_is_one_plain_file_then(killed: Run) -> None:
    before = killed.rounds(), killed.epochs(), killed.facts()
    assert (killed.schema(), killed.stored().schema) == (1, 2)
    RunWriter(killed.folder).close()
    assert killed.schema() == 2
    assert (killed.rounds(), killed.epochs(), killed.facts()) == before
    assert not list(killed.folder.path.glob("run.db-*"))


def test_its_settings_ask_for_the_same_again(killed: Run) -> None:
    config = killed.config()
    assert options.command_line(config).startswith("python -m mild train --name archived")
    assert parse(config.model_dump(mode="json")) == config
