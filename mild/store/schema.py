"""The tables of run.db, the values they hold, and how the file is opened."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mild.errors import RunError

FINAL_STATES = ("done", "stopped", "failed")
RESUMABLE_STATES = ("stopped", "failed", "interrupted")
STATES = ("queued", "preparing", "training", "selecting", "waiting", "finishing", *FINAL_STATES)

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
    separated_best INTEGER
);
CREATE TABLE events (id INTEGER PRIMARY KEY, time REAL NOT NULL, kind TEXT NOT NULL, sentence TEXT);
"""


_ADDED = {
    "planted": "INTEGER", "planted_auroc": "REAL", "can_tell": "INTEGER", "can_tell_reason": "TEXT",
    "noise_rate_low": "REAL", "noise_rate_high": "REAL", "f1_estimate": "REAL", "f1_low": "REAL",
    "f1_high": "REAL", "separated_best": "INTEGER",
}  # fmt: skip
"""Columns of `rounds` that a database from before planted labels lacks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochRecord:
    """What one epoch came to."""

    stage: int
    """The round, counted from 0; the final stage follows the last round."""
    epoch: int
    """Within the stage, counted from 1."""
    seconds: float
    learning_rate: float | None
    """At the start of the epoch; None where a recorded loop did not tell."""
    train_loss: float
    """Mean cross entropy against the given labels, in nats; planted instances left out."""
    memorized_share: float
    """Share of the instances whose given label was predicted, 0 to 1; planted ones left out."""
    test_accuracy: float | None
    """On the held-out part after the epoch, 0 to 1."""
    recorded: float
    """When, in seconds since 1970."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundRecord:
    """What one round kept of the instances it judged, which are all but the planted ones.

    `precision` to `best_f1_flagged` are None where clean labels are unknown; what follows `seconds`
    is None in runs from before planted labels, and where it cannot be told.
    """

    round: int
    epochs: int
    trained_on: int
    """Planted instances included."""
    kept: int
    cut: float
    """Kept where the score is lower."""
    rule: str
    noise_rate_estimate: float | None
    converged: bool
    note: str
    precision: float | None
    """Share of the kept instances whose given label is the clean one."""
    recall: float | None
    """Share of the instances with a clean given label that were kept."""
    f1_flagged: float | None
    """F1 of the flagged instances as "mislabeled"."""
    auroc: float | None
    best_f1_flagged: float | None
    """F1 of the best possible cut of this round."""
    seconds: float
    planted: int | None = None
    """Instances trained with a label that we changed; this round does not judge them."""
    planted_auroc: float | None = None
    """How well the score tells planted instances from clean ones: AUROC, corrected for the
    mislabeled ones among the others."""
    can_tell: bool | None = None
    """Whether this round can tell mislabeled instances from others."""
    can_tell_reason: str | None = None
    noise_rate_low: float | None = None
    noise_rate_high: float | None = None
    f1_estimate: float | None = None
    """Estimated F1 of the flagged instances, without the truth."""
    f1_low: float | None = None
    f1_high: float | None = None
    separated_best: int | None = None
    """After how many epochs planted instances were told best."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of a run's history."""

    time: float
    kind: str
    sentence: str


def create(path: Path, created: float) -> None:
    """Make the database of a run that nobody has started yet."""
    connection = connect(path)
    with connection:
        connection.executescript(_TABLES)
        connection.execute(
            "INSERT INTO state (only, state, sentence, created) VALUES (0, 'queued', '', ?)",
            (created,),
        )
    connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """For the one process that writes. The write-ahead log lets others read meanwhile."""
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    # The checkpoint may be one epoch ahead of this file, never more: no commit may get lost.
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """What a table has; one that an earlier version made may lack some."""
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}


def add_missing_columns(connection: sqlite3.Connection) -> None:
    """Make a database of an earlier version take what is written today."""
    known = columns(connection, "rounds")
    with connection:
        for name in _ADDED.keys() - known if known else ():
            connection.execute(f"ALTER TABLE rounds ADD COLUMN {name} {_ADDED[name]}")


def connect_reading(path: Path) -> sqlite3.Connection:
    """For everyone else.

    Raises
    ------
    RunError
        If there is no such file.
    """
    if not path.is_file():
        raise RunError(
            f"{path} is missing; copy it back from a copy of the run, or delete the run."
        )
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)


def insert(connection: sqlite3.Connection, table: str, record: Any) -> None:
    """Add a record, or replace the one with the same key."""
    names = [field.name for field in fields(record)]
    connection.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) "
        f"VALUES ({', '.join('?' for _ in names)})",
        [getattr(record, name) for name in names],
    )
