"""Writing a run: made once by whoever asks for it, from then on written by its worker alone.

Data come first and the row that counts them second, so that no reader ever sees half an epoch.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.config import RunConfig
from mild.errors import RunError
from mild.store import arrays, schema
from mild.store.folder import RunFolder, new_run_id, runs_root
from mild.store.schema import EpochRecord, RoundRecord

Array = npt.NDArray[Any]


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


class RunWriter:
    """The worker's pen. Not for use by two processes: hold the run's lock first."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._database = schema.connect(folder.database)
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
        import pyarrow as pa
        import pyarrow.parquet as pq

        n = len(given_N)
        clean = pa.array(clean_N, pa.int32()) if clean_N is not None else pa.nulls(n, pa.int32())
        columns = {
            "index": pa.array(np.arange(n), pa.int64()),
            "given": pa.array(given_N, pa.int32()),
            "clean": clean,
            "name": pa.array(names, pa.string()),
        }
        temporary = self._folder.instances.with_suffix(".tmp")
        pq.write_table(pa.table(columns), temporary)
        temporary.replace(self._folder.instances)

    def thumbnails(self, thumbnails_NHWC: Array) -> None:
        """Write small pictures, shape (N, h, w, 3), uint8."""
        arrays.save_npy(self._folder.thumbnails, thumbnails_NHWC)

    def begin_round(self, number: int, index_N: Array, n_classes: int) -> None:
        """Open a round: `index_N` tells the instance in each slot."""
        folder = self._folder.round(number)
        folder.mkdir(parents=True, exist_ok=True)
        arrays.save_npy(folder / "index.npy", index_N.astype(np.int64))
        n = len(index_N)
        label = np.uint8 if n_classes <= 256 else np.uint16
        self._rows = {
            "status": arrays.RowWriter(folder / "status.npy", -(-n // 8), np.uint8),
            "predictions": arrays.RowWriter(folder / "predictions.npy", n, label),
            "losses": arrays.RowWriter(folder / "losses.npy", n, np.float16),
            "margins": arrays.RowWriter(folder / "margins.npy", n, np.float16),
        }
        self._current_path = folder / "current.npy"

    def current(self, status_N: Array) -> None:
        """Show the epoch under way: 0 misclassified, 1 memorized, 2 not seen yet."""
        arrays.save_npy(self._current_path, status_N.astype(np.uint8))

    def end_epoch(
        self, record: EpochRecord, recorded: EpochArrays | None, *, epochs_left: int
    ) -> None:
        """Append what was recorded, then commit the epoch; `None` in the final stage."""
        if recorded is not None:
            largest = float(np.finfo(np.float16).max)
            self._rows["status"].append(np.packbits(recorded.status_N.astype(bool)))
            self._rows["predictions"].append(recorded.predictions_N)
            self._rows["losses"].append(np.clip(recorded.losses_N, 0, largest))
            self._rows["margins"].append(np.clip(recorded.margins_N, -largest, largest))
        with self._database:
            schema.insert(self._database, "epochs", record)
            self._where(record.stage, record.epoch, 1.0, epochs_left)

    def end_round(
        self, record: RoundRecord, *, scores: dict[str, Array], selection: dict[str, Array]
    ) -> None:
        """Write what the round's selection found, then commit the round."""
        for rows in self._rows.values():
            rows.close()
        self._rows = {}
        folder = self._folder.round(record.round)
        arrays.save_npz(folder / "scores.npz", scores)
        arrays.save_npz(folder / "selection.npz", selection)
        with self._database:
            schema.insert(self._database, "rounds", record)
        self._current_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files; the state stays what it is."""
        for rows in self._rows.values():
            rows.close()
        self._database.close()

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


def append_log(folder: RunFolder, text: str) -> None:
    """Add to worker.log."""
    with folder.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text.rstrip("\n") + os.linesep)
