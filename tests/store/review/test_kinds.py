"""A review from elsewhere whose columns hold values of other kinds is a sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.review import decisions
from mild.store.review.cuts import given_cut, store_cut
from mild.store.review.decision import Decision, Window


def _edited(folder: RunFolder, statement: str) -> None:
    with closing(sqlite3.connect(folder.review)) as database, database:
        database.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO decisions VALUES (-3, 'keep', NULL)",
        "UPDATE decisions SET label = x'00'",
        "UPDATE decisions SET verdict = x'00'",
        "UPDATE decision_actions SET time = 9e999",
        "UPDATE decision_actions SET undone = 'no'",
        "UPDATE decision_actions SET undone = 9e999",
    ],
)
def test_a_value_that_no_program_of_ours_writes_is_a_sentence(
    folder: RunFolder, statement: str
) -> None:
    decisions.decide(folder, {3: Decision("drop")}, Window("one", 0))
    assert decisions.decisions(folder)
    _edited(folder, statement)
    with pytest.raises(RunError, match="holds a value that MILD never writes"):
        decisions.decisions(folder)
    with pytest.raises(RunError, match="holds a value that MILD never writes"):
        decisions.decide(folder, {4: Decision("drop")}, Window("one", 0))


def test_a_cut_between_two_counts_is_read_by_another_program(
    folder: RunFolder, tmp_path: Path
) -> None:
    store_cut(folder, 0, 2.5)
    moved = folder.path.rename(tmp_path / "run-2")  # not known to have been looked through
    assert given_cut(RunFolder(moved), 0) == 2.5
