"""How run.db is opened: by the one who writes, and by everyone else wherever they are.

While it is written it has a write-ahead log, so that no reader makes the worker wait. At the end
the log is folded in, and the file is one plain file again that opens on a read-only disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mild.errors import RunError, out_of_reach
from mild.store import lock
from mild.store.database import busy, progress
from mild.store.database.plain_tables import check_plain
from mild.store.files import drives, plain
from mild.store.files.replacing import TEMPORARY
from mild.store.folder import RunFolder
from mild.visible import printable

CLOSE_SECONDS = 5.0
"""How long the end of a writer waits for readers, to leave one plain file."""
_NO_WAY_IN = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH")


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open run.db for the one process that writes; call `begin_log` before the first write."""
    try:
        plain.check_database(path)
    except plain.NotPlainError as error:
        raise RunError(_damaged(path, error)) from error
    connection = sqlite3.connect(path, timeout=10)
    try:
        check_plain(connection, path)
    except sqlite3.Error as error:
        connection.close()
        why = busy.sentence(path) if busy.is_busy(error) else _damaged(path, error)
        raise RunError(why) from error
    return connection


def begin_log(connection: sqlite3.Connection) -> None:
    """Let others read while this connection writes."""
    connection.execute("PRAGMA journal_mode = WAL")
    # The checkpoint may be one epoch ahead of this file, never more: no commit may get lost.
    connection.execute("PRAGMA synchronous = FULL")


def identity(path: Path) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Which files a database and its log are; None for one that is not there."""
    return _which(path), _which(_log_of(path))


def put_back(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Write a database anew from the connection that has it open, and open that.

    For one that was removed, renamed or replaced while it was being written: what is open can
    still be read, by its writer alone.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    with contextlib.closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
    connection.close()
    for ending in ("-wal", "-shm"):  # of a file that has lost its name
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    draft.replace(path)
    fresh = open_to_write(path)
    begin_log(fresh)
    return fresh


def close_plain(connection: sqlite3.Connection) -> None:
    """Fold the log into the file and close it, so that it is one plain file.

    Where a reader never lets go, or the disk is full, the log stays beside it: nothing is lost.
    """
    until = time.monotonic() + CLOSE_SECONDS
    try:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    return
                time.sleep(0.02)
    finally:
        connection.close()


@contextlib.contextmanager
def reading(folder: RunFolder) -> Iterator[sqlite3.Connection]:
    """Open run.db, or the snapshot beside it where run.db must not or cannot be opened.

    Raises
    ------
    RunError
        If there is no such file.
    sqlite3.Error
        If it is damaged.
    """
    path = folder.database
    try:
        if not folder.path.is_dir():
            raise RunError(
                f"The run {printable(folder.path.name)} is not here any more: it was deleted or "
                "moved. What was deleted can be restored from the trash, below the list of runs."
            )
        if not path.is_file():
            raise RunError(f"{path} is missing; copy it back from a copy of the run.")
        plain.check_database(path)
    except plain.NotPlainError as error:
        raise RunError(_damaged(path, error)) from error
    except OSError as error:
        raise RunError(f"{out_of_reach(error)}, then look again.") from error
    # The file itself is looked at by SQLite alone: to open and close it otherwise would lose the
    # locks that another thread of this process has on it.
    written = progress.read(folder.progress)
    if written is not None and written.at_work and not written.here:
        with progress.as_database(written) as connection:
            yield connection
        return
    try:
        opened = _opened(folder, written)
    except OSError as error:  # the drive went in between
        raise RunError(f"{out_of_reach(error)}, then look again.") from error
    with opened as connection:
        try:
            yield connection
        except UnicodeDecodeError as error:  # what SQLite says of a damaged page quotes it
            raise sqlite3.DatabaseError(str(error)) from error


def _opened(
    folder: RunFolder, written: progress.Written | None
) -> contextlib.AbstractContextManager[sqlite3.Connection]:
    """Open it on the machine of the writer, or of a run that nobody writes."""
    path, log = folder.database, _log_of(folder.database)
    # SQLite maps the index of a log: where the drive goes, that would end this process.
    if not (log.is_file() and drives.may_go_away(path)):
        try:
            if (connection := _in_place(path)) is not None:
                return contextlib.closing(connection)
        except sqlite3.Error as error:
            if not (busy.is_busy(error) and _writes(folder)):
                raise  # else its writer was stopped while nobody else may read
    if written is not None and _writes(folder):
        return progress.as_database(written)
    return private_copy(path, _left_beside(path) or log)


def _writes(folder: RunFolder) -> bool:
    return lock.ask(folder.lock).held == "held"


def _in_place(path: Path) -> sqlite3.Connection | None:
    """Open the file itself; None where only who writes it may."""
    try:
        return _connect(path, "mode=ro")
    except sqlite3.Error as error:
        if not getattr(error, "sqlite_errorname", "").startswith(_NO_WAY_IN):
            raise
        if _left_beside(path) is not None:
            return None
        # Nobody writes, and the folder does not let us make the files that a log needs.
        return _connect(path, "mode=ro&immutable=1")


@contextlib.contextmanager
def private_copy(path: Path, journal: Path) -> Iterator[sqlite3.Connection]:
    """Copy a database and what its writer left beside it, to be made whole elsewhere."""
    with tempfile.TemporaryDirectory(prefix="mild-") as place:
        copy = Path(place) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, copy.with_name(journal.name))
        with contextlib.closing(sqlite3.connect(copy, timeout=5)) as connection:
            check_plain(connection, copy)
            yield connection


def _connect(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5)
    try:
        check_plain(connection, path)  # nothing is opened before
    except BaseException:
        connection.close()
        raise
    return connection


def _damaged(path: Path, error: Exception) -> str:
    return f"{path} is damaged ({error}); copy it back from a copy of the run."


def _which(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _left_beside(path: Path) -> Path | None:
    """Return the log, or the journal of a killed writer, without which the file is not whole."""
    journal = path.with_name(f"{path.name}-journal")
    both = (_log_of(path), journal)
    return next((file for file in both if file.is_file() and file.stat().st_size), None)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
