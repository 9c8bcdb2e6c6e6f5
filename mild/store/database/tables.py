"""The tables of run.db, and how a file of an earlier version comes to have them.

SQLite keeps the number of the schema (`PRAGMA user_version`). Columns and tables are added, never
taken away or given another meaning, so that an older program reads what it knows of a newer file.
"""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from pathlib import Path
from typing import Any

SCHEMA = 2
"""1: as in the first runs, which have no number; 2: what planted labels tell, and a number."""

NAMES = ("state", "facts", "epochs", "rounds", "events")

_TABLES = """
CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 0),
    state TEXT NOT NULL, sentence TEXT NOT NULL, created REAL NOT NULL, started REAL, ended REAL,
    heartbeat REAL, stage INTEGER, epoch INTEGER, share_of_epoch REAL, epochs_left INTEGER
);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE epochs (
    stage INTEGER, epoch INTEGER, seconds REAL, learning_rate REAL, train_loss REAL,
    memorized_share REAL, test_accuracy REAL, recorded REAL, PRIMARY KEY (stage, epoch)
);
CREATE TABLE rounds (
    round INTEGER PRIMARY KEY, epochs INTEGER, trained_on INTEGER, kept INTEGER, cut INTEGER,
    rule TEXT, noise_rate_estimate REAL, converged INTEGER, note TEXT,
    precision REAL, recall REAL, f1_flagged REAL, auroc REAL, best_f1_flagged REAL, seconds REAL,
    planted INTEGER, planted_auroc REAL, can_tell INTEGER, can_tell_reason TEXT,
    noise_rate_low REAL, noise_rate_high REAL, f1_estimate REAL, f1_low REAL, f1_high REAL,
    separated_best INTEGER, would_flag INTEGER
);
CREATE TABLE events (id INTEGER PRIMARY KEY, time REAL NOT NULL, kind TEXT NOT NULL, sentence TEXT);
"""

_ADDED: dict[int, dict[str, dict[str, str]]] = {
    2: {
        "rounds": {
            "planted": "INTEGER", "planted_auroc": "REAL", "can_tell": "INTEGER",
            "can_tell_reason": "TEXT", "noise_rate_low": "REAL", "noise_rate_high": "REAL",
            "f1_estimate": "REAL", "f1_low": "REAL", "f1_high": "REAL", "separated_best": "INTEGER",
            "would_flag": "INTEGER",
        },
    },
}  # fmt: skip
"""Schema -> table -> the columns that came with it."""


def create(path: Path, created: float) -> None:
    """Make the database of a run that nobody has started yet: one plain file."""
    connection = sqlite3.connect(path)
    # One transaction: each by itself would wait for the disk.
    connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
    with connection:
        connection.execute(
            "INSERT INTO state (only, state, sentence, created) VALUES (0, 'queued', '', ?)",
            (created,),
        )
    connection.close()


def schema_of(connection: sqlite3.Connection) -> int:
    """Read the number of a file's schema."""
    return max(1, int(connection.execute("PRAGMA user_version").fetchone()[0]))


def migrate(connection: sqlite3.Connection) -> None:
    """Make a file of an earlier version take what is written today; leave a newer one as it is."""
    found = schema_of(connection)
    with connection:
        for added in _ADDED.values():  # whatever the number says: it came later than some columns
            for table, wanted in added.items():
                known = columns(connection, table)
                for name in wanted.keys() - known if known else ():
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {wanted[name]}")
        if found < SCHEMA:
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """List the columns a table has; one that an earlier version made may lack some."""
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}


def insert(connection: sqlite3.Connection, table: str, record: Any) -> None:
    """Add a record, or replace the one with the same key."""
    names = [field.name for field in fields(record)]
    connection.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) "
        f"VALUES ({', '.join('?' for _ in names)})",
        [getattr(record, name) for name in names],
    )
