"""run.db while it is written: put back where somebody removes it, left alone once it is lost."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from mild.errors import RunTakenError
from mild.store.database import connect, tables
from mild.store.database.progress import ProgressFile
from mild.store.folder import RunFolder
from mild.store.lock import RecordLock
from mild.store.writing import statements
from mild.store.writing.log import rotate


class OpenDatabase:
    """The database with the snapshot beside it, from opening to `close`."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._held: RecordLock | None = None
        self._n_retaken = 0
        self._said: tuple[str, str] | None = None
        self.connection = connect.open_to_write(folder.database)
        self._progress = ProgressFile(folder.progress, folder.database, self._each_second)
        try:
            tables.migrate(self.connection)
            # Before the log: from then on, readers on other machines go by the snapshot.
            self.tell(at_once=True)
            connect.begin_log(self.connection)
            self._files = connect.identity(folder.database)
        except BaseException:
            self._progress.close(self.connection)
            self.connection.close()
            raise

    def hold(self, lock: RecordLock) -> None:
        """Write only as long as this lock, which is the run's, is ours."""
        self._held, self._n_retaken = lock, lock.n_retaken

    @contextlib.contextmanager
    def commit(self) -> Iterator[sqlite3.Connection]:
        """Hand out one transaction, of a run that is still ours."""
        self.keep()
        with self.connection:
            yield self.connection

    def set_state(self, state: str, sentence: str) -> None:
        """Move to a state, and tell everybody."""
        with self.commit() as database:
            statements.set_state(database, state, sentence)
        self._said = (state, sentence)
        self.tell(at_once=True)

    def tell(self, *, at_once: bool = False) -> None:
        """Bring the snapshot up to date, soon or at once."""
        self._progress.update(self.connection, at_once=at_once)

    def keep(self) -> None:
        """See that the run is still ours, and put the file back where somebody removed it.

        Raises
        ------
        RunTakenError
            If the lock's file was removed, and another worker was let in.
        """
        if not self.is_ours():
            raise RunTakenError(
                f"run {self._folder.run_id}: its lock was removed and another worker has taken it; "
                "this one ends here."
            )
        path, known = self._folder.database, self._files
        found = connect.identity(path)
        if found[0] != known[0] or (known[1] is not None and found[1] != known[1]):
            self.connection = connect.put_back(self.connection, path)
            found = connect.identity(path)
        self._files = found
        if self._held is not None and self._held.n_retaken != self._n_retaken:
            self._n_retaken = self._held.n_retaken
            if self._said is not None:  # who found the lock free may have said something else
                self.set_state(*self._said)

    def close(self) -> None:
        """Leave one plain file; of a run that is not ours any more, nothing is touched."""
        if self.is_ours():
            self._progress.close(self.connection)
            connect.close_plain(self.connection)
        else:
            self._progress.abandon()
            self.connection.close()

    def _each_second(self) -> bool:
        """Keep the log small, whatever prints into it and when; tell whether the run is ours."""
        if ours := self.is_ours():
            rotate(self._folder)
        return ours

    def is_ours(self) -> bool:
        """Tell whether the lock is held; where nobody handed it over, the caller sees to that."""
        try:
            return self._held is None or self._held.keep()
        except OSError:  # its folder is away; then nothing can be written anyway
            return not (self._held and self._held.lost)
