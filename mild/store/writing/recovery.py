"""After a worker was killed: run.db and the folder brought back to where the checkpoint stands.

Of each epoch a worker writes first the rows, then the checkpoint, which holds the epoch's record,
and commits to run.db last. So the checkpoint is as new as run.db, or one epoch newer. It is older
only in a copy that was made while the worker wrote; then the later epochs are forgotten and trained
again, to the same end.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mild.errors import RunError
from mild.store.database import tables
from mild.store.files.replacing import TEMPORARY
from mild.store.schema import EpochRecord


def remove_temporary(folder: Path) -> None:
    """Remove files that were not whole yet, or of an epoch under way, when their writer ended."""
    for path in (*folder.rglob(f".*{TEMPORARY}"), *folder.glob("rounds/*/current.npy")):
        path.unlink(missing_ok=True)


def to_checkpoint(
    database: sqlite3.Connection, record: EpochRecord, *, ends_stage: bool, run_id: str
) -> None:
    """Make the epoch of `record` the last one that counts.

    Raises
    ------
    RunError
        If epochs before it are missing.
    """
    stage, epoch = record.stage, record.epoch
    with database:
        database.execute(
            "DELETE FROM epochs WHERE stage > ? OR (stage = ? AND epoch > ?)", (stage, stage, epoch)
        )
        n_rounds_kept = stage + 1 if ends_stage else stage
        database.execute("DELETE FROM rounds WHERE round >= ?", (n_rounds_kept,))
        tables.insert(database, "epochs", record)
        done = "SELECT count(*) FROM epochs WHERE stage = ?"
        (n_epochs,) = database.execute(done, (stage,)).fetchone()
        (n_rounds,) = database.execute("SELECT count(*) FROM rounds").fetchone()
        if n_epochs != epoch or n_rounds < stage:
            raise RunError(
                f"run {run_id}: run.db is older than the checkpoint, which stands at epoch {epoch} "
                f"of stage {stage}; copy both from the same copy of the run, or start a new run."
            )


def to_nothing(database: sqlite3.Connection) -> None:
    """Forget everything but the state."""
    with database:
        database.execute("DELETE FROM epochs")
        database.execute("DELETE FROM rounds")
        database.execute("DELETE FROM facts")
        database.execute("DELETE FROM events WHERE kind IN ('skipped', 'note')")
