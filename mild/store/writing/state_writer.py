"""Write what run.db says beside epochs and rounds, as long as the run is ours."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from mild.errors import RunTakenError
from mild.store import schema
from mild.store.database import connect, tables
from mild.store.database.progress import Progress
from mild.store.folder import RunFolder
from mild.store.lock import RecordLock
from mild.store.writing.log import rotate


class StateWriter:
    """Has run.db in hand, and its snapshot; `RunWriter` adds the files of arrays."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._held: RecordLock | None = None
        self._n_retaken = 0
        self._said: tuple[str, str] | None = None
        self._database = connect.open_to_write(folder.database)
        self._progress = Progress(folder.progress, folder.database, self._is_ours)
        try:
            tables.migrate(self._database)
            # Before the log: from then on, readers on other machines go by the snapshot.
            self._progress.update(self._database, at_once=True)
            connect.begin_log(self._database)
            self._files = connect.identity(folder.database)
        except BaseException:
            self._progress.close(self._database)
            self._database.close()
            raise
        self._beaten = 0.0

    def hold(self, lock: RecordLock) -> None:
        """Write only as long as this lock, which is the run's, is ours."""
        self._held, self._n_retaken = lock, lock.n_retaken

    def keep(self) -> None:
        """See that the run is still ours, and put back what somebody removed while we have it open.

        Raises
        ------
        RunTakenError
            If the lock's file was removed, and another worker was let in.
        """
        if not self._is_ours():
            raise RunTakenError(
                f"run {self._folder.run_id}: its lock was removed and another worker has taken it; "
                "this one ends here."
            )
        found, known = connect.identity(self._folder.database), self._files
        if found[0] != known[0] or (known[1] is not None and found[1] != known[1]):
            self._database = connect.put_back(self._database, self._folder.database)
            found = connect.identity(self._folder.database)
        self._files = found
        if self._held is not None and self._held.n_retaken != self._n_retaken:
            self._n_retaken = self._held.n_retaken
            if self._said is not None:  # who found the lock free may have said something else
                self.set_state(*self._said)

    def set_state(self, state: str, sentence: str = "") -> None:
        """Move to a state, with the sentence that people read beside it."""
        if state not in schema.STATES:
            raise ValueError(f"state {state!r} is not one of {schema.STATES}")
        self._said = (state, sentence)
        now = time.time()
        ended = now if state in schema.FINAL_STATES else None
        started = None if ended or state == "queued" else now  # it may end before its turn comes
        with self._commit():
            self._database.execute(
                "UPDATE state SET state = ?, sentence = ?, heartbeat = ?, ended = ?, "
                "started = coalesce(started, ?)",
                (state, sentence, now, ended, started),
            )
            self._event(state, sentence)
        self._progress.update(self._database, at_once=True)

    def beat(self, *, stage: int, epoch: int, share_of_epoch: float, epochs_left: int) -> None:
        """Say where training is, at most once a second."""
        if time.monotonic() - self._beaten < 1:
            return
        self._beaten = time.monotonic()
        rotate(self._folder)
        with self._commit():
            self._where(stage, epoch, share_of_epoch, epochs_left)
        self._progress.update(self._database)

    def facts(self, **values: Any) -> None:
        """Add what was derived from the request, such as the device or the actual noise rate."""
        with self._commit():
            self._database.executemany(
                "INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in values.items()],
            )
        self._progress.update(self._database)

    def event(self, kind: str, sentence: str) -> None:
        """Add a line to the run's history."""
        with self._commit():
            self._event(kind, sentence)
        self._progress.update(self._database)

    def note(self, sentence: str) -> None:
        """Add a note to the run's history, unless it is there: a resumed run comes by again."""
        with self._commit():
            known = "SELECT 1 FROM events WHERE kind = 'note' AND sentence = ?"
            if self._database.execute(known, (sentence,)).fetchone() is None:
                self._event("note", sentence)

    @contextlib.contextmanager
    def _commit(self) -> Iterator[None]:
        """One transaction, of a run that is still ours."""
        self.keep()
        with self._database:
            yield

    def _is_ours(self) -> bool:
        """Where nobody handed us the run's lock, its caller sees to that."""
        try:
            return self._held is None or self._held.keep()
        except OSError:  # its folder is away; then nothing can be written anyway
            return not self._held.lost if self._held else True

    def _where(self, stage: int, epoch: int, share_of_epoch: float, epochs_left: int) -> None:
        self._database.execute(
            "UPDATE state SET heartbeat = ?, stage = ?, epoch = ?, share_of_epoch = ?, "
            "epochs_left = ?",
            (time.time(), stage, epoch, share_of_epoch, epochs_left),
        )

    def _event(self, kind: str, sentence: str) -> None:
        self._database.execute(
            "INSERT INTO events (time, kind, sentence) VALUES (?, ?, ?)",
            (time.time(), kind, sentence),
        )
