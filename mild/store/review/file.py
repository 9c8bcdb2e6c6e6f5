"""How review.db is opened: the one file of a run that the people's side writes, and it alone.

Several windows and commands may write at once; each write is one transaction and waits its turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from mild.errors import RunError
from mild.store.folder import RunFolder

WAIT_SECONDS = 60.0
"""How long a writer waits for the others."""


@contextmanager
def reading(folder: RunFolder, table: str) -> Iterator[sqlite3.Connection | None]:
    """The database; None where nobody has written to `table` yet."""
    path = folder.review
    if not path.is_file():
        yield None
        return
    try:
        with closing(_connect(path)) as database:
            there = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            yield database if database.execute(there, (table,)).fetchone() else None
    except sqlite3.Error as error:
        raise RunError(_damaged(path, error)) from error


@contextmanager
def writing(folder: RunFolder, tables: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """One transaction; `tables` are statements that make them where they are not there yet."""
    path = folder.review
    try:
        path.touch()
        with closing(_connect(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            for statement in tables:
                database.execute(statement)
            yield database
            database.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise RunError(_damaged(path, error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    """Not read-only for readers either: the next to come rolls back what a killed writer left."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)


def _damaged(path: Path, error: Exception) -> str:
    return (
        f"{path} cannot be read or written ({error}); make the run's folder writable, make room "
        "on its disk, or copy review.db back from a copy of the run."
    )
