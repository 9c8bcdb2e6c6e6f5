"""The tables of decisions in review.db, and how the file is opened to read and to write.

The file belongs to the people's side alone: the dashboard and the command line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mild.errors import RunError
from mild.store.folder import RunFolder

WAIT_SECONDS = 60.0
"""How long a writer waits for the others."""

_TABLES = """
CREATE TABLE IF NOT EXISTS decision_actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, window TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decide', 'import', 'undo', 'redo')),
    target INTEGER, undone INTEGER, redoable INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS decision_changes (
    action INTEGER NOT NULL, instance INTEGER NOT NULL, verdict_before TEXT, label_before INTEGER,
    verdict TEXT, label INTEGER, PRIMARY KEY (action, instance)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decisions (
    instance INTEGER PRIMARY KEY, verdict TEXT NOT NULL, label INTEGER
);
"""
# decision_actions: `target` is the action that an undo or a redo is about; `undone` the undo in
# force, if any; `redoable` falls to 0 when its window decides anew.


@contextmanager
def reading(folder: RunFolder) -> Iterator[sqlite3.Connection | None]:
    """The database, or None where nobody has decided anything yet."""
    path = folder.review
    if not path.is_file():
        yield None
        return
    try:
        with closing(_connect(path)) as database:
            found = database.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'decision_actions'"
            ).fetchone()
            yield database if found else None
    except sqlite3.Error as error:
        raise RunError(_damaged(path, error)) from error


@contextmanager
def writing(folder: RunFolder) -> Iterator[sqlite3.Connection]:
    """One transaction; whoever comes second waits for the first."""
    path = folder.review
    try:
        path.touch()
        with closing(_connect(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            for statement in _TABLES.split(";\n"):
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
