"""Runs outlive versions: older files are taken further, newer ones are shown as far as known."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mild import jobs
from mild.errors import RunError
from mild.report.page import make_report
from mild.store.database import tables
from mild.store.notices import notices
from mild.store.overview import overview
from mild.store.review import decisions
from mild.store.review import file as review_file
from mild.store.review.about import about, rename
from mild.store.review.decision import Decision, Window
from mild.store.run import Run
from mild.store.writer import RunWriter
from tests.conftest import PROJECT
from tests.runs_for_tests import write_run

WINDOW = Window("a test", 0)


def _change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def test_every_file_that_grows_carries_its_number(runs_root: Path) -> None:
    run = write_run(runs_root, n=60)
    assert run.schema() == tables.SCHEMA
    assert review_file.schema_of(run.folder) == 0
    rename(run.folder, "mine")
    assert review_file.schema_of(run.folder) == review_file.SCHEMA
    assert json.loads(run.folder.config.read_text())["schema_version"] == 2
    assert notices(run) == ()


def test_a_file_without_a_number_is_taken_further_when_it_is_written(runs_root: Path) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    _change(run.folder.database, "PRAGMA user_version = 0", "ALTER TABLE rounds DROP planted")
    assert run.schema() == 1
    before = run.rounds()
    assert before[0].planted is None
    RunWriter(run.folder).close()
    assert run.schema() == tables.SCHEMA
    assert run.rounds() == before


def test_decisions_of_an_older_review_stay_and_can_be_added_to(runs_root: Path) -> None:
    run = write_run(runs_root, n=60)
    decisions.decide(run.folder, {3: Decision("drop")}, WINDOW)
    _change(run.folder.review, "PRAGMA user_version = 0")
    decisions.decide(run.folder, {4: Decision("keep")}, WINDOW)
    assert set(decisions.decisions(run.folder)) == {3, 4}
    assert review_file.schema_of(run.folder) == review_file.SCHEMA


@pytest.fixture
def of_tomorrow(runs_root: Path) -> Run:
    """A run as a newer version may write it."""
    run = write_run(runs_root, n=60, until="stopped")
    rename(run.folder, "from tomorrow")
    _change(
        run.folder.database,
        "PRAGMA user_version = 9",
        "ALTER TABLE rounds ADD COLUMN mood TEXT",
        "ALTER TABLE state ADD COLUMN weather TEXT DEFAULT 'fair'",
        "CREATE TABLE dreams (id INTEGER PRIMARY KEY)",
        "UPDATE rounds SET rule = 'by-star-sign'",
        "INSERT INTO facts VALUES ('moon', '\"full\"')",
    )
    _change(run.folder.review, "PRAGMA user_version = 9", "ALTER TABLE about ADD COLUMN why TEXT")
    settings = json.loads(run.folder.config.read_text())
    settings |= {"schema_version": 9, "dreams": True}
    settings["selection"]["rule"] = "by-star-sign"
    run.folder.config.write_text(json.dumps(settings))
    return run


def test_a_run_of_a_newer_version_is_shown_with_one_sentence(of_tomorrow: Run) -> None:
    line = overview(of_tomorrow)
    assert (line.state, line.name, line.rounds_done) == ("stopped", "from tomorrow", 1)
    assert of_tomorrow.rounds()[0].rule == "by-star-sign"
    assert of_tomorrow.facts()["moon"] == "full"
    assert about(of_tomorrow.folder).name == "from tomorrow"
    (sentence,) = notices(of_tomorrow)
    assert sentence == (
        "A newer version wrote this run: what this version does not know (selection rule, dreams, "
        "columns of run.db, tables of review.db) is left out, everything else is shown."
    )


def test_a_report_of_it_says_so_too(of_tomorrow: Run) -> None:
    assert "A newer version wrote this run" in make_report(of_tomorrow)


def test_a_state_that_is_not_known_yet_is_no_damage(of_tomorrow: Run) -> None:
    _change(of_tomorrow.folder.database, "UPDATE state SET state = 'daydreaming'")
    assert overview(of_tomorrow).state == "interrupted"


def test_only_the_newer_version_goes_on_with_its_run(of_tomorrow: Run) -> None:
    before = of_tomorrow.folder.config.read_bytes(), of_tomorrow.schema()
    for ask in (jobs.resume, lambda run: jobs.branch(run, 0, cut=2.0)):
        with pytest.raises(RunError, match="was written by a newer version: it can be looked at"):
            ask(of_tomorrow)
    assert (of_tomorrow.folder.config.read_bytes(), of_tomorrow.schema()) == before


def test_nothing_ever_advises_to_delete_a_run() -> None:
    for path in (PROJECT / "mild").rglob("*.py"):
        assert "delete the run" not in path.read_text(encoding="utf-8"), path
