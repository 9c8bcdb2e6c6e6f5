"""Writing a run: made once by whoever asks for it, from then on written by its worker alone.

Data come first and the row that counts them second, so that no reader ever sees half an epoch.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.config import RunConfig
from mild.core.planted.planting import Planted
from mild.errors import RunError
from mild.store import arrays, recovery, schema
from mild.store.folder import RunFolder, new_run_id, runs_root
from mild.store.full import WRITE_ERRORS
from mild.store.lock import RecordLock
from mild.store.schema import EpochRecord, RoundRecord

Array = npt.NDArray[Any]

RESERVE_BYTES = 256 * 1024
HELD_OUT = "held_out_predictions"


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochArrays:
    """What one epoch recorded of each of the N instances of a round, by slot."""

    status_N: Array
    """1 memorized, 0 misclassified."""
    predictions_N: Array
    """The predicted label."""
    losses_N: Array
    """Cross entropy against the given label, in nats."""
    margins_N: Array
    """Given label's logit minus the largest other logit."""
    probabilities_NC: Array | None = None
    """Predicted probabilities; of a round's last epoch only, and where they are not too many."""
    held_out_predictions_M: Array | None = None
    """The label predicted for each held-out instance; None where nothing is held out."""


def create_run(config: RunConfig, root: Path | None = None) -> RunFolder:
    """A new run's folder, in the state `queued`.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    """
    root = root or runs_root()
    folder = RunFolder(root / new_run_id(config.name))
    making = root / f".making-{folder.run_id}"
    try:
        making.mkdir(parents=True)
        draft = RunFolder(making)
        text = config.model_dump_json(indent=2) + "\n"
        arrays.replace_bytes(draft.config, text.encode())
        schema.create(draft.database, created=time.time())
        draft.lock.touch()
        making.rename(folder.path)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(making, ignore_errors=True)
        raise RunError(
            f"runs folder {root} cannot be written ({getattr(error, 'strerror', error)}); "
            "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
        ) from error
    return folder


def requeue(folder: RunFolder, patience: float) -> None:
    """Put a run that nobody is at work on back into the queue, for a worker to go on with.

    A worker that has just ended its work is waited for, `patience` seconds.

    Raises
    ------
    RunError
        If somebody is at work on it, or it cannot be written.
    """
    held = RecordLock(folder.lock)
    try:
        until = time.monotonic() + patience
        while not (ours := held.acquire()) and time.monotonic() < until:
            time.sleep(0.02)
        if not ours:
            raise RunError(f"run {folder.run_id}: another worker is at work on it; stop it first.")
        writer = RunWriter(folder)
        try:
            writer.set_state("queued", "Goes on from its last checkpoint.")
        finally:
            writer.close()
    except WRITE_ERRORS as error:
        raise RunError(
            f"run {folder.run_id} cannot be written ({getattr(error, 'strerror', None) or error}); "
            "make its folder writable, or make room on its disk."
        ) from error
    finally:
        held.release()


class RunWriter:
    """The worker's pen. Not for use by two processes: hold the run's lock first."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._database = schema.connect(folder.database)
        schema.add_missing_columns(self._database)
        self._rows: dict[str, arrays.RowWriter] = {}
        self._beaten = 0.0

    def set_state(self, state: str, sentence: str = "") -> None:
        """Move to a state, with the sentence that people read beside it."""
        if state not in schema.STATES:
            raise ValueError(f"state {state!r} is not one of {schema.STATES}")
        now = time.time()
        ended = now if state in schema.FINAL_STATES else None
        started = None if ended or state == "queued" else now  # it may end before its turn comes
        with self._database:
            self._database.execute(
                "UPDATE state SET state = ?, sentence = ?, heartbeat = ?, ended = ?, "
                "started = coalesce(started, ?)",
                (state, sentence, now, ended, started),
            )
            self._event(state, sentence)

    def beat(self, *, stage: int, epoch: int, share_of_epoch: float, epochs_left: int) -> None:
        """Say where training is, at most once a second."""
        if time.monotonic() - self._beaten < 1:
            return
        self._beaten = time.monotonic()
        with self._database:
            self._where(stage, epoch, share_of_epoch, epochs_left)

    def facts(self, **values: Any) -> None:
        """Add what was derived from the request, such as the device or the actual noise rate."""
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in values.items()],
            )

    def event(self, kind: str, sentence: str) -> None:
        """Add a line to the run's history."""
        with self._database:
            self._event(kind, sentence)

    def instances(self, *, given_N: Array, clean_N: Array | None, names: tuple[str, ...]) -> None:
        """Write who is who: one row per instance of the training set."""
        _write_instances(self._folder.instances, given_N, clean_N, names)

    def held_out(self, *, given_M: Array, clean_M: Array | None, names: tuple[str, ...]) -> None:
        """As `instances`, of the held-out part; a clean label of -1 is unknown."""
        _write_instances(self._folder.held_out, given_M, clean_M, names)

    def held_out_thumbnails(self, thumbnails_MHWC: Array) -> None:
        """As `thumbnails`, of the held-out part."""
        arrays.save_npy(self._folder.held_out_thumbnails, thumbnails_MHWC)

    def thumbnails(self, thumbnails_NHWC: Array) -> None:
        """Write small pictures, shape (N, h, w, 3), uint8."""
        arrays.save_npy(self._folder.thumbnails, thumbnails_NHWC)

    def thumbnails_in_chunks(self, shape: tuple[int, ...], chunks: Iterable[Array]) -> None:
        """As `thumbnails`, some at a time: all of them have `shape`, (N, h, w, 3)."""
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
        folder = self._folder.round(number)
        folder.parent.mkdir(exist_ok=True)  # fails where the run's folder was removed
        folder.mkdir(exist_ok=True)
        if not n_epochs_done:
            _save_planted(folder / "planted.npz", planted)
            arrays.save_npy(folder / "index.npy", index_N.astype(np.int64))
        n, n_held_out = len(index_N), self._n_held_out()
        label = np.uint8 if n_classes <= 256 else np.uint16
        kinds = {
            "status": (-(-n // 8), np.uint8),
            "predictions": (n, label),
            "losses": (n, np.float16),
            "margins": (n, np.float16),
        }
        if n_held_out and (not n_epochs_done or (folder / f"{HELD_OUT}.npy").is_file()):
            kinds[HELD_OUT] = (n_held_out, label)
        self._close_rows()
        for name, (n_columns, dtype) in kinds.items():
            path = folder / f"{name}.npy"
            self._rows[name] = arrays.RowWriter(path, n_columns, dtype, n_epochs_done)
        self._current_path = folder / "current.npy"
        self._current_path.unlink(missing_ok=True)

    def current(self, status_N: Array) -> None:
        """Show the epoch under way: 0 misclassified, 1 memorized, 2 not seen yet."""
        arrays.save_npy(self._current_path, status_N.astype(np.uint8))

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
        if recorded is not None:
            largest = float(np.finfo(np.float16).max)
            self._rows["status"].append(np.packbits(recorded.status_N.astype(bool)))
            self._rows["predictions"].append(recorded.predictions_N)
            self._rows["losses"].append(np.clip(recorded.losses_N, 0, largest))
            self._rows["margins"].append(np.clip(recorded.margins_N, -largest, largest))
            if HELD_OUT in self._rows and recorded.held_out_predictions_M is not None:
                self._rows[HELD_OUT].append(recorded.held_out_predictions_M)
            if recorded.probabilities_NC is not None:
                path = self._folder.round(record.stage) / "probabilities.npy"
                arrays.save_npy(path, recorded.probabilities_NC.astype(np.float16))
        if checkpoint is not None:
            self._folder.checkpoint.parent.mkdir(exist_ok=True)
            arrays.replace_file(self._folder.checkpoint, checkpoint)
            if ends_round:
                self.keep_network(record.stage)
        with self._database:
            schema.insert(self._database, "epochs", record)
            self._where(record.stage, record.epoch, 1.0, epochs_left)

    def keep_network(self, number: int) -> None:
        """Keep the checkpoint, made after a round's last epoch, as the network of that round."""
        arrays.link_or_copy(self._folder.checkpoint, self._folder.network(number))

    def propose(
        self, number: int, *, scores: dict[str, Array], selection: dict[str, Array]
    ) -> None:
        """Write what a round's selection found; the round counts once `end_round` commits it."""
        self._close_rows()
        folder = self._folder.round(number)
        arrays.save_npz(folder / "scores.npz", scores)
        arrays.save_npz(folder / "selection.npz", selection)

    def end_round(
        self, record: RoundRecord, *, scores: dict[str, Array], selection: dict[str, Array]
    ) -> None:
        """Write what the round's selection found, then commit the round."""
        self.propose(record.round, scores=scores, selection=selection)
        with self._database:
            schema.insert(self._database, "rounds", record)
        (self._folder.round(record.round) / "current.npy").unlink(missing_ok=True)

    def note(self, sentence: str) -> None:
        """Add a note to the run's history, unless it is there: a resumed run comes by again."""
        with self._database:
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
        arrays.replace_bytes(self._folder.reserve, b"." * RESERVE_BYTES)

    def release_room(self) -> None:
        """Give the room back."""
        with contextlib.suppress(OSError):
            self._folder.reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files; the state stays what it is."""
        self._close_rows()
        self.release_room()
        self._database.close()

    def _n_held_out(self) -> int:
        """Of the instances that were written down as held out."""
        import pyarrow.parquet as pq

        path = self._folder.held_out
        return int(pq.read_metadata(path).num_rows) if path.is_file() else 0

    def _close_rows(self) -> None:
        for rows in self._rows.values():
            rows.close()
        self._rows = {}

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


def _save_planted(path: Path, planted: Planted | None) -> None:
    path.unlink(missing_ok=True)  # of a worker that was gone before the round's first epoch
    if planted:
        arrays.save_npz(path, {"slot": planted.slot_P, "label": planted.label_P})


def _write_instances(
    path: Path, given_N: Array, clean_N: Array | None, names: tuple[str, ...]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    n = len(given_N)
    unknown_N = np.ones(n, dtype=bool) if clean_N is None else np.asarray(clean_N) < 0
    clean_N = given_N if clean_N is None else clean_N
    columns = {
        "index": pa.array(np.arange(n), pa.int64()),
        "given": pa.array(given_N, pa.int32()),
        "clean": pa.array(clean_N, pa.int32(), mask=unknown_N),
        "name": pa.array(names, pa.string()),
    }
    temporary = path.with_suffix(".tmp")
    pq.write_table(pa.table(columns), temporary)
    temporary.replace(path)


def append_log(folder: RunFolder, text: str) -> None:
    """Add to worker.log."""
    with folder.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text.rstrip("\n") + os.linesep)
