"""Databases that are small on disk and have no end, or are programs: refused with a sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.fuzz.endless import make_endless
from mild.errors import RunError
from mild.store.database.plain_tables import check_plain
from mild.store.review import about
from mild.store.run import Run
from tests.runs_for_tests import write_run


def _made(path: Path, *statements: str) -> sqlite3.Connection:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return sqlite3.connect(path)


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["CREATE TABLE a (b, c AS (hex(zeroblob(400000000))))"], "computed column 'c'"),
        (["CREATE VIEW a AS SELECT 1"], "view 'a'"),
        (
            ["CREATE TABLE a (b)", "CREATE TRIGGER c AFTER INSERT ON a BEGIN SELECT 1; END"],
            "trigger 'c'",
        ),
        (
            [
                "CREATE VIRTUAL TABLE a USING fts4(b)",
                "PRAGMA writable_schema = ON",
                "UPDATE sqlite_master SET sql = replace(sql, 'E VIRT', 'E/**/VIRT')",
            ],
            "table 'a'",
        ),
    ],
)
def test_what_acts_is_refused_whatever_it_calls_itself(
    tmp_path: Path, statements: list[str], sentence: str
) -> None:
    path = tmp_path / "some.db"
    with (
        closing(_made(path, *statements)) as database,
        pytest.raises(sqlite3.DatabaseError, match=f"it has the {sentence}; runs have plain"),
    ):
        check_plain(database, path)


def test_a_table_whose_pages_come_again_and_again_is_refused(runs_root: Path) -> None:
    run = write_run(runs_root, n=20, epochs=(2,))
    rows = [(1.0, "note", "one of many " * 20)] * 3000
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.executemany("INSERT INTO events (time, kind, sentence) VALUES (?, ?, ?)", rows)
    assert len(run.events()) > 3000
    make_endless(run.folder.database, "events")
    with pytest.raises(RunError, match=r"its pages are damaged: .*2nd reference to page"):
        Run(run.folder).events(last=3)


def test_a_value_is_no_longer_than_a_run_needs(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(_made(path, "CREATE TABLE a (b)")) as database:
        check_plain(database, path)
        with pytest.raises(sqlite3.DataError, match="too big"):
            database.execute("SELECT zeroblob(200000000)").fetchone()


def test_what_we_write_is_not_looked_through_again(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=20, epochs=(2,))
    about.rename(run.folder, "a name")
    about.rename(run.folder, "another name")
    looked: list[str] = []
    connect = sqlite3.connect

    def traced(*asked: object, **more: object) -> sqlite3.Connection:
        database = connect(*asked, **more)  # type: ignore[call-overload]
        database.set_trace_callback(looked.append)
        return database  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", traced)
    assert about.about(run.folder).name == "another name"
    assert looked
    assert not any("quick_check" in statement for statement in looked)
