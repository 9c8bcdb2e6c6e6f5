"""Writing a run: made once by whoever asks for it, from then on written by its worker alone.

Data come first and the row that counts them second, so that no reader ever sees half an epoch.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.errors import RunTakenError
from mild.store import schema
from mild.store.database import connect, tables
from mild.store.database.progress import Progress
from mild.store.files import arrays
from mild.store.files.replacing import link_or_copy, replace_bytes, replace_file
from mild.store.folder import RunFolder
from mild.store.lifecycle.create import create_run
from mild.store.lock import RecordLock
from mild.store.schema import EpochRecord, RoundRecord
from mild.store.writing import recovery
from mild.store.writing.config_file import add_cut
from mild.store.writing.log import append_log, rotate
from mild.store.writing.round_files import EpochArrays, RoundFiles
from mild.store.writing.who_is_who import write_instances

__all__ = ["EpochArrays", "RunWriter", "append_log", "create_run"]

Array = npt.NDArray[Any]

RESERVE_BYTES = 256 * 1024


class RunWriter:
    """The worker's pen. Not for use by two processes: hold the run's lock first."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._rounds = RoundFiles(folder)
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
        self._rounds.keep()
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

    def instances(self, *, given_N: Array, clean_N: Array | None, names: tuple[str, ...]) -> None:
        """Write who is who: one row per instance of the training set."""
        write_instances(self._folder.instances, given_N, clean_N, names)

    def held_out(self, *, given_M: Array, clean_M: Array | None, names: tuple[str, ...]) -> None:
        """Write instances of the held-out part; a clean label of -1 is unknown."""
        write_instances(self._folder.held_out, given_M, clean_M, names)
        self.facts(**{schema.N_HELD_OUT: len(given_M)})

    def held_out_thumbnails(self, thumbnails_MHWC: Array) -> None:
        """Write thumbnails of the held-out part."""
        arrays.save_npy(self._folder.held_out_thumbnails, thumbnails_MHWC)

    def thumbnails(self, thumbnails_NHWC: Array) -> None:
        """Write small pictures, shape (N, h, w, 3), uint8."""
        arrays.save_npy(self._folder.thumbnails, thumbnails_NHWC)

    def thumbnails_in_chunks(self, shape: tuple[int, ...], chunks: Iterable[Array]) -> None:
        """Write thumbnails, some at a time: all of them have `shape`, (N, h, w, 3)."""
        arrays.save_npy_in_chunks(self._folder.thumbnails, shape, np.uint8, chunks)

    def begin_round(
        self,
        number: int,
        index_N: Array,
        n_classes: int,
        n_epochs_done: int = 0,
        planted: Planted | None = None,
    ) -> None:
        """Open a round: `index_N` tells the instance in each slot.

        With `n_epochs_done` a round is gone on with, after so many of its epochs; what is planted
        there stays as it is. What the held-out instances are taken for is kept beside them, unless
        an older version began the round.
        """
        self.keep()
        known = "SELECT 1 FROM facts WHERE key = ?"
        held_out = self._database.execute(known, (schema.N_HELD_OUT,)).fetchone() is not None
        self._rounds.begin(number, index_N, n_classes, n_epochs_done, planted, held_out=held_out)
        if not n_epochs_done:
            with self._commit():
                self._note_planted(number, len(planted) if planted else 0)

    def current(self, status_N: Array) -> None:
        """Show the epoch under way: 0 misclassified, 1 memorized, 2 not seen yet."""
        self._rounds.current(status_N)

    def end_epoch(
        self,
        record: EpochRecord,
        recorded: EpochArrays | None,
        *,
        epochs_left: int,
        checkpoint: Callable[[BinaryIO], object] | None = None,
        ends_round: bool = False,
    ) -> None:
        """Append what was recorded (`None` in the final stage), write the checkpoint, then commit.

        `checkpoint` writes it into an open file. It must hold `record`: of a worker that is
        killed before the commit, the checkpoint is one epoch ahead, and `recover` catches up. With
        `ends_round`, the checkpoint is kept as the network of that round, too.
        """
        self.keep()
        if recorded is not None:
            self._rounds.append(record.stage, recorded)
        if checkpoint is not None:
            self._folder.checkpoint.parent.mkdir(exist_ok=True)
            replace_file(self._folder.checkpoint, checkpoint)
            if ends_round:
                self.keep_network(record.stage)
        with self._commit():
            tables.insert(self._database, "epochs", record)
            self._where(record.stage, record.epoch, 1.0, epochs_left)
        self._progress.update(self._database, at_once=ends_round)

    def keep_network(self, number: int) -> None:
        """Keep the checkpoint, made after a round's last epoch, as the network of that round."""
        link_or_copy(self._folder.checkpoint, self._folder.network(number))

    def neighbours(self, number: int, *, neighbour_NK: Array, similarity_NK: Array) -> None:
        """Write who is most similar to whom at a round's end, by slot, and how similar."""
        path = self._folder.round(number) / "neighbours.npz"
        arrays.save_npz(path, {"neighbour_NK": neighbour_NK, "similarity_NK": similarity_NK})

    def propose(
        self, number: int, *, scores: dict[str, Array], selection: dict[str, Array]
    ) -> None:
        """Write what a round's selection found; the round counts once `end_round` commits it."""
        self.keep()
        self._rounds.select(number, scores=scores, selection=selection)

    def end_round(
        self, record: RoundRecord, *, scores: dict[str, Array], selection: dict[str, Array]
    ) -> None:
        """Write what the round's selection found, then commit the round."""
        self.propose(record.round, scores=scores, selection=selection)
        with self._commit():
            tables.insert(self._database, "rounds", record)
        self._progress.update(self._database, at_once=True)
        (self._folder.round(record.round) / "current.npy").unlink(missing_ok=True)

    def given_cut(self, number: int, cut: float) -> None:
        """Write down in config.json that a person gave a round, counted from 0, its cut."""
        self.keep()
        add_cut(self._folder, number, cut)

    def note(self, sentence: str) -> None:
        """Add a note to the run's history, unless it is there: a resumed run comes by again."""
        with self._commit():
            known = "SELECT 1 FROM events WHERE kind = 'note' AND sentence = ?"
            if self._database.execute(known, (sentence,)).fetchone() is None:
                self._event("note", sentence)

    def recover(self, record: EpochRecord, *, ends_stage: bool) -> None:
        """Bring run.db and the folder to the checkpoint, which was made after `record`.

        Raises
        ------
        RunError
            If run.db lacks epochs before it.
        """
        recovery.remove_temporary(self._folder.path)
        run_id = self._folder.run_id
        recovery.to_checkpoint(self._database, record, ends_stage=ends_stage, run_id=run_id)

    def start_over(self) -> None:
        """Forget what a worker wrote that was gone before its first epoch."""
        recovery.remove_temporary(self._folder.path)
        recovery.to_nothing(self._database)

    def reserve_room(self) -> None:
        """Set room aside, so that the last state can be written on a full disk."""
        replace_bytes(self._folder.reserve, b"." * RESERVE_BYTES)

    def release_room(self) -> None:
        """Give the room back."""
        with contextlib.suppress(OSError):
            self._folder.reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files; the state stays what it is, and run.db becomes one plain file."""
        self._rounds.close()
        if not self._is_ours():
            self._progress.abandon()
            self._database.close()
            return
        self.release_room()
        self._progress.close(self._database)
        connect.close_plain(self._database)

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

    def _note_planted(self, number: int, n: int) -> None:
        """Without it, a file of planted labels that somebody removed could not be missed."""
        fact = schema.n_planted_fact(number)
        self._database.execute("DELETE FROM facts WHERE key = ?", (fact,))
        if n:
            self._database.execute("INSERT INTO facts VALUES (?, ?)", (fact, str(n)))

    def _event(self, kind: str, sentence: str) -> None:
        self._database.execute(
            "INSERT INTO events (time, kind, sentence) VALUES (?, ?, ?)",
            (time.time(), kind, sentence),
        )
