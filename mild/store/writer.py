"""Writing a run: made once by whoever asks for it, from then on written by its worker alone.

Data come first and the row that counts them second, so that no reader ever sees half an epoch.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.store import schema
from mild.store.database import tables
from mild.store.files import arrays
from mild.store.files.replacing import link_or_copy, replace_bytes, replace_file
from mild.store.folder import RunFolder
from mild.store.lifecycle.create import create_run
from mild.store.lock import RecordLock
from mild.store.schema import EpochRecord, RoundRecord
from mild.store.writing import recovery, statements
from mild.store.writing.config_file import add_cut
from mild.store.writing.log import append_log
from mild.store.writing.open_database import OpenDatabase
from mild.store.writing.round_files import EpochArrays, RoundFiles
from mild.store.writing.who_is_who import write_instances

__all__ = ["EpochArrays", "RunWriter", "append_log", "create_run"]

Array = npt.NDArray[Any]

RESERVE_BYTES = 256 * 1024


class RunWriter:
    """Writes everything of a run. Not for use by two processes: hold the run's lock first."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._rounds = RoundFiles(folder)
        self._open = OpenDatabase(folder)
        self._beaten = 0.0

    def hold(self, lock: RecordLock) -> None:
        """Write only as long as this lock, which is the run's, is ours."""
        self._open.hold(lock)

    def keep(self) -> None:
        """See that the run is still ours, and put back what somebody removed while we have it open.

        Raises
        ------
        RunTakenError
            If the lock's file was removed, and another worker was let in.
        """
        self._open.keep()
        self._rounds.keep()

    def set_state(self, state: str, sentence: str = "") -> None:
        """Move to a state, with the sentence that people read beside it."""
        self.keep()
        self._open.set_state(state, sentence)

    def beat(self, *, stage: int, epoch: int, share_of_epoch: float, epochs_left: int) -> None:
        """Say where training is, at most once a second."""
        if time.monotonic() - self._beaten < 1:
            return
        self._beaten = time.monotonic()
        with self._open.commit() as database:
            statements.set_place(database, stage, epoch, share_of_epoch, epochs_left)
        self._open.tell()

    def facts(self, **values: Any) -> None:
        """Add what was derived from the request, such as the device or the actual noise rate."""
        with self._open.commit() as database:
            database.executemany(
                "INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in values.items()],
            )
        self._open.tell()

    def event(self, kind: str, sentence: str) -> None:
        """Add a line to the run's history."""
        with self._open.commit() as database:
            statements.add_event(database, kind, sentence)
        self._open.tell()

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
        held_out = statements.holds_out(self._open.connection)
        self._rounds.begin(number, index_N, n_classes, n_epochs_done, planted, held_out=held_out)
        if not n_epochs_done:
            with self._open.commit() as database:
                statements.set_planted(database, number, len(planted) if planted else 0)

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
        with self._open.commit() as database:
            tables.insert(database, "epochs", record)
            statements.set_place(database, record.stage, record.epoch, 1.0, epochs_left)
        self._open.tell(at_once=ends_round)

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
        with self._open.commit() as database:
            tables.insert(database, "rounds", record)
        self._open.tell(at_once=True)
        (self._folder.round(record.round) / "current.npy").unlink(missing_ok=True)

    def given_cut(self, number: int, cut: float) -> None:
        """Write down in config.json that a person gave a round, counted from 0, its cut."""
        self.keep()
        add_cut(self._folder, number, cut)

    def note(self, sentence: str) -> None:
        """Add a note to the run's history, unless it is there: a resumed run comes by again."""
        with self._open.commit() as database:
            statements.add_note(database, sentence)

    def recover(self, record: EpochRecord, *, ends_stage: bool) -> None:
        """Bring run.db and the folder to the checkpoint, which was made after `record`.

        Raises
        ------
        RunError
            If run.db lacks epochs before it.
        """
        self.keep()
        recovery.remove_temporary(self._folder.path)
        run_id = self._folder.run_id
        recovery.to_checkpoint(self._open.connection, record, ends_stage=ends_stage, run_id=run_id)

    def start_over(self) -> None:
        """Forget what a worker wrote that was gone before its first epoch."""
        self.keep()
        recovery.remove_temporary(self._folder.path)
        recovery.to_nothing(self._open.connection)

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
        if self._open.is_ours():
            self.release_room()
        self._open.close()
