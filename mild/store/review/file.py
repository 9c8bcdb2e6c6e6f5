"""How review.db is opened: the one file of a run that the people's side writes, and it alone.

Several windows and commands may write at once; each write is one transaction and waits its turn.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from mild.errors import RunError
from mild.store.database import busy
from mild.store.database.connect import private_copy
from mild.store.database.plain_tables import check_plain, remember
from mild.store.files import plain, scarce
from mild.store.folder import RunFolder
from mild.store.review.kinds import check_kinds

SCHEMA = 3
"""1: as in the first runs, which have no number; 2: spot checks, and a number; 3: reviewers and
second opinions. Tables and columns are added, never taken away."""
WAIT_SECONDS = 60.0
"""How long a writer waits for the others."""
_NOT_AS_WRITTEN = (OSError, sqlite3.Error, ValueError, TypeError, LookupError, OverflowError)
"""What comes of a file that is not there, is damaged, or holds what nobody of ours writes."""


class _Connection(sqlite3.Connection):
    """Lets go of the file when it is closed.

    SQLite keeps it locked as long as a question is half answered, and an error on its way to a
    person holds on to the question that it came out of: everybody else waited for that.
    """

    def __init__(self, *asked: Any, **more: Any) -> None:
        super().__init__(*asked, **more)
        self._questions: WeakSet[sqlite3.Cursor] = WeakSet()

    def execute(self, *asked: Any) -> sqlite3.Cursor:
        """Ask, and remember that it was asked."""
        question = super().execute(*asked)
        self._questions.add(question)
        return question

    def close(self) -> None:
        """End every question, then close."""
        for question in list(self._questions):
            question.close()
        super().close()


@contextmanager
def reading(folder: RunFolder, table: str) -> Iterator[sqlite3.Connection | None]:
    """Open the database to read; None where nobody has written to `table` yet."""
    path = folder.review
    if not path.is_file():
        yield None
        return
    try:
        with _opened(path) as database:
            yield database if has_table(database, table) else None
    except _NOT_AS_WRITTEN as error:
        raise RunError(_damaged(path, error)) from error


@contextmanager
def writing(
    folder: RunFolder, tables: Sequence[str], columns: Sequence[tuple[str, str]] = ()
) -> Iterator[sqlite3.Connection]:
    """Open one transaction.

    Parameters
    ----------
    tables
        Statements that make them where they are not there yet.
    columns
        Table and name of each text column that older files lack.
    """
    path = folder.review
    try:
        if not folder.path.is_dir():
            raise RunError(
                f"run {folder.run_id} is no longer here: somebody deleted it or renamed its "
                "folder. Look in the trash below the list of runs."
            )
        if not may_write(folder):
            raise RunError(
                f"run {folder.run_id} may only be read here, so nothing can be decided about it; "
                f"copy {folder.path} to a folder of your own and decide there."
            )
        plain.check_database(path)
        path.touch()
        with closing(_connect(path, "rw")) as database:
            database.execute("BEGIN IMMEDIATE")
            for statement in tables:
                database.execute(statement)
            for table, column in columns:
                if not has_column(database, table, column):
                    database.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
            if database.execute("PRAGMA user_version").fetchone()[0] < SCHEMA:
                database.execute(f"PRAGMA user_version = {SCHEMA}")
            yield database
            database.execute("COMMIT")
            remember(path)
    except _NOT_AS_WRITTEN as error:
        raise RunError(_damaged(path, error)) from error


def has_table(database: sqlite3.Connection, table: str) -> bool:
    """Whether the file has a table: each is made by the first who writes to it."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return database.execute(query, (table,)).fetchone() is not None


def has_column(database: sqlite3.Connection, table: str, column: str) -> bool:
    """Whether a table of the file has a column: older files lack some."""
    return any(row[1] == column for row in database.execute(f"PRAGMA table_info({table})"))


def may_write(folder: RunFolder) -> bool:
    """Tell whether decisions can be written where the run lies."""
    path = folder.review
    writable = os.access(folder.path, os.W_OK)  # SQLite makes its journal beside the file
    return writable and (not path.exists() or os.access(path, os.W_OK))


def schema_of(folder: RunFolder) -> int:
    """Read the number of the file's schema; 0 where nobody has decided anything yet."""
    if not folder.review.is_file():
        return 0
    try:
        with _opened(folder.review) as database:
            return max(1, int(database.execute("PRAGMA user_version").fetchone()[0]))
    except _NOT_AS_WRITTEN as error:
        raise RunError(_damaged(folder.review, error)) from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open it to read; what a killed writer left is rolled back, if need be in a copy."""
    journal = path.with_name(f"{path.name}-journal")
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        with closing(_connect(path, "rw")) as database:
            yield database
    elif journal.is_file() and journal.stat().st_size:
        with private_copy(path, journal) as database:
            check_kinds(database)
            yield database
    else:
        with closing(_connect(path, "ro")) as database:
            yield database


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    plain.check_database(path)
    address = f"{path.absolute().as_uri()}?mode={mode}"
    database = sqlite3.connect(
        address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, factory=_Connection
    )
    try:
        check_plain(database, path, check_kinds)
    except BaseException:
        database.close()
        raise
    return database


def _damaged(path: Path, error: Exception) -> str:
    if busy.is_busy(error):
        return busy.sentence(path)
    if scarce.is_scarce(error):
        return scarce.sentence(str(path), error)
    return (
        f"{path} cannot be read or written ({error}); make the run's folder writable, make room "
        "on its disk, or copy review.db back from a copy of the run."
    )
