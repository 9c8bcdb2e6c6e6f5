"""Reading a run, finished or not. Nothing here writes."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mild.config import RunConfig, parse
from mild.core.planted.planting import Planted
from mild.errors import ConfigError, RunError
from mild.store import arrays, lock, schema
from mild.store.folder import RunFolder, find_run, run_folders
from mild.store.schema import EpochRecord, Event, RoundRecord

Array = npt.NDArray[Any]
Record = TypeVar("Record")

LAUNCH_SECONDS = 10.0
"""How long a run that was just launched may be without a lock before it counts as interrupted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunState:
    """Where a run is, at one moment."""

    state: str
    """One of `mild.store.schema.STATES`, or `interrupted`: not ended, and its worker is gone."""
    sentence: str
    """What people read beside the state; the reason where it failed."""
    created: float
    started: float | None
    ended: float | None
    heartbeat: float | None
    """When the worker last wrote, in seconds since 1970."""
    stage: int | None
    """The round under way, counted from 0; the number of rounds in the final stage."""
    epoch: int | None
    """Within the stage, counted from 1."""
    share_of_epoch: float | None
    epochs_left: int | None
    """Epochs still to begin after this one."""
    pid: int | None
    """The worker's process id while it lives."""

    @property
    def live(self) -> bool:
        """Whether a worker is, or is about to be, at work on it."""
        return self.state not in (*schema.FINAL_STATES, "interrupted")

    @property
    def resumable(self) -> bool:
        """Whether `mild.jobs.resume` goes on with it."""
        return self.state in schema.RESUMABLE_STATES


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """Who is who in the training set."""

    given_N: Array
    clean_N: Array | None
    """None where clean labels are unknown."""
    names: Array


class Run:
    """One run on disk, read afresh at each call."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @property
    def run_id(self) -> str:
        """The name of the run's folder."""
        return self.folder.run_id

    def config(self) -> RunConfig:
        """What was asked for."""
        try:
            return parse(json.loads(self.folder.config.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError, ConfigError) as error:
            raise RunError(self._damaged("config.json", error)) from error

    def recorded_state(self) -> RunState:
        """What the worker last wrote, whether or not it still lives; for the worker itself."""
        names = [field.name for field in fields(RunState) if field.name != "pid"]
        row = self._rows(f"SELECT {', '.join(names)} FROM state")
        if not row:
            raise RunError(self._damaged("run.db", ValueError("its state is missing")))
        return RunState(**{name: row[0][name] for name in names}, pid=None)

    def state(self) -> RunState:
        """Where the run is now. A run without a living worker that has not ended is interrupted.

        Not for the run's own worker: asking about its lock would release it.
        """
        recorded = self.recorded_state()
        if recorded.state in schema.FINAL_STATES:
            return recorded
        pid = lock.holder(self.folder.lock)
        if pid is not None or self._launching(recorded.state):
            return replace(recorded, pid=pid)
        recorded = self.recorded_state()  # the worker may have ended between our two questions
        if recorded.state in schema.FINAL_STATES:
            return recorded
        return replace(recorded, state="interrupted", sentence=_INTERRUPTED)

    def facts(self) -> dict[str, Any]:
        """What was derived: data set, device, actual noise rate and so on."""
        rows = self._rows("SELECT key, value FROM facts")
        try:
            return {row["key"]: json.loads(row["value"]) for row in rows}
        except (TypeError, ValueError, RecursionError) as error:
            raise RunError(self._damaged("run.db", error)) from error

    def epochs(self) -> list[EpochRecord]:
        """Every committed epoch, in order."""
        return self._records(EpochRecord, "epochs", "stage, epoch")

    def rounds(self) -> list[RoundRecord]:
        """Every round that has its selection, in order."""
        records = self._records(RoundRecord, "rounds", "round")
        return [
            replace(
                record,
                converged=bool(record.converged),
                can_tell=None if record.can_tell is None else bool(record.can_tell),
            )
            for record in records
        ]

    def events(self) -> list[Event]:
        """The run's history, oldest first."""
        return self._records(Event, "events", "id")

    def n_epochs(self, number: int) -> int:
        """Committed epochs of a round."""
        row = self._rows("SELECT count(*) AS n FROM epochs WHERE stage = ?", (number,))
        return int(row[0]["n"])

    def rounds_begun(self) -> int:
        """How many rounds have at least one committed epoch of status."""
        row = self._rows("SELECT DISTINCT stage FROM epochs ORDER BY stage")
        return sum(self.is_round(item["stage"]) for item in row)

    def is_round(self, stage: int) -> bool:
        """Whether a stage is a round, with status of every instance, and not the final model."""
        return (self.folder.round(stage) / "index.npy").is_file()

    def index(self, number: int) -> Array:
        """Shape (N,): the instance in each slot of a round."""
        path = self.folder.round(number) / "index.npy"
        index_N = arrays.load_npy(path)
        if index_N.ndim != 1 or index_N.dtype.kind != "i":
            error = ValueError(f"it holds {index_N.dtype} of shape {index_N.shape}")
            raise RunError(self._damaged(str(path.relative_to(self.folder.path)), error))
        return index_N

    def planted(self, number: int) -> Planted:
        """Which slots of a round were trained with a label that we changed."""
        path = self.folder.round(number) / "planted.npz"
        if not path.is_file():
            return Planted.none()
        members = arrays.load_npz(path)
        try:
            return _planted(members, len(self.index(number)))
        except (KeyError, ValueError) as error:
            name = str(path.relative_to(self.folder.path))
            raise RunError(self._damaged(name, error)) from error

    def status(self, number: int) -> Array:
        """Shape (E, ceil(N / 8)): packed status of a round's committed epochs, memory-mapped."""
        return self._committed(number, "status.npy")

    def predictions(self, number: int) -> Array:
        """Shape (E, N): predicted labels of the committed epochs of a round, memory-mapped."""
        return self._committed(number, "predictions.npy")

    def losses(self, number: int) -> Array:
        """Shape (E, N): cross entropy in nats, as 16-bit floats, memory-mapped."""
        return self._committed(number, "losses.npy")

    def margins(self, number: int) -> Array:
        """Shape (E, N): given label's logit minus the largest other, memory-mapped."""
        return self._committed(number, "margins.npy")

    def probabilities(self, number: int) -> Array | None:
        """Shape (N, C): probabilities in a round's last epoch; None where not on record."""
        path = self.folder.round(number) / "probabilities.npy"
        return arrays.load_npy(path) if path.is_file() else None

    def selection(self, number: int) -> dict[str, Array]:
        """What a round's selection wrote."""
        return arrays.load_npz(self.folder.round(number) / "selection.npz")

    def scores(self, number: int) -> dict[str, Array]:
        """Scores per slot that a round wrote at its end."""
        return arrays.load_npz(self.folder.round(number) / "scores.npz")

    def has_checkpoint(self) -> bool:
        """Whether there is an epoch to go on from."""
        return self.folder.checkpoint.is_file()

    def has_instances(self) -> bool:
        """Whether the worker has read the data set."""
        return self.folder.instances.is_file()

    def instances(self) -> Instances:
        """Given and clean labels and names of the whole training set."""
        found = self._instances(self.folder.instances)
        known = found.clean_N is not None and not (found.clean_N < 0).any()
        return found if known else replace(found, clean_N=None)

    def held_out(self) -> Instances | None:
        """As `instances`, of the held-out part, a clean label of -1 where it alone is unknown.

        None where nothing is held out, or the run is older than this.
        """
        return self._instances(self.folder.held_out) if self.folder.held_out.is_file() else None

    def held_out_predictions(self, number: int) -> Array | None:
        """Shape (E, M): what the held-out part was taken for after each committed epoch of a round.

        Memory-mapped; None where nothing is held out, or an older version trained the round.
        """
        path = self.folder.round(number) / "held_out_predictions.npy"
        if not (path.is_file() and self.folder.held_out.is_file()):
            return None
        array, n_epochs = arrays.load_npy(path), self.n_epochs(number)
        if array.ndim != 2 or len(array) < n_epochs:
            error = ValueError(f"its shape is {array.shape}, not {n_epochs} epochs")
            raise RunError(self._damaged(str(path.relative_to(self.folder.path)), error))
        return array[:n_epochs]

    def thumbnails(self) -> Array | None:
        """Shape (N, h, w, 3), uint8, memory-mapped; None before the worker has made them."""
        if not self.folder.thumbnails.is_file():
            return None
        return arrays.load_npy(self.folder.thumbnails)

    def thumbnails_of(self, index_T: Array) -> Array | None:
        """Shape (T, h, w, 3): pictures of instances, those of the held-out part after the others.

        None where the run holds none.
        """
        thumbnails = self.thumbnails()
        if thumbnails is None:
            return None
        found = np.array(thumbnails[np.minimum(index_T, len(thumbnails) - 1)])
        held_out = np.flatnonzero(index_T >= len(thumbnails))
        if len(held_out):
            more = arrays.load_npy(self.folder.held_out_thumbnails)
            found[held_out] = more[index_T[held_out] - len(thumbnails)]
        return found

    def log_tail(self, n_lines: int = 20) -> str:
        """The end of worker.log."""
        try:
            with self.folder.log.open("rb") as log:
                size = log.seek(0, 2)
                log.seek(max(0, size - 300 * n_lines))
                text = log.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-n_lines:])

    def _instances(self, path: Path) -> Instances:
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path)
            clean = table["clean"]
            known = clean.null_count < len(clean)
            return Instances(
                given_N=table["given"].to_numpy(),
                clean_N=clean.fill_null(-1).to_numpy() if known else None,
                names=np.asarray(table["name"].to_pylist(), dtype=object),
            )
        except (OSError, KeyError, ValueError) as error:  # pyarrow's errors are ValueErrors
            raise RunError(self._damaged(path.name, error)) from error

    def _committed(self, number: int, name: str) -> Array:
        n_epochs = self.n_epochs(number)
        path = self.folder.round(number) / name
        array = arrays.load_npy(path)
        n = len(self.index(number))
        width = -(-n // 8) if name == "status.npy" else n
        if array.ndim != 2 or len(array) < n_epochs or array.shape[1] != width:
            error = ValueError(f"its shape is {array.shape}, not {n_epochs} epochs of {width}")
            raise RunError(self._damaged(str(path.relative_to(self.folder.path)), error))
        return array[:n_epochs]

    def _records(self, kind: type[Record], table: str, order: str) -> list[Record]:
        known = {row["name"] for row in self._rows(f"PRAGMA table_info({table})")}
        # An earlier version's table may lack what has a default; what has none is asked for.
        names = [
            field.name
            for field in fields(kind)  # type: ignore[arg-type]
            if field.name in known or field.default is MISSING
        ]
        rows = self._rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        return [kind(**dict(zip(names, row, strict=True))) for row in rows]

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        try:
            with closing(schema.connect_reading(self.folder.database)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise RunError(self._damaged("run.db", error)) from error

    def _launching(self, state: str) -> bool:
        if state != "queued":
            return False
        try:
            launched = self.folder.lock.stat().st_mtime
        except OSError:
            return False
        return time.time() - launched < LAUNCH_SECONDS

    def _damaged(self, what: str, error: Exception) -> str:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return (
            f"run {self.run_id}: {what} cannot be read ({reason}); "
            "copy it back from a copy of the run, or delete the run."
        )


_INTERRUPTED = "The worker is gone before the run's end; what it had committed is here."


def _planted(members: dict[str, Array], n: int) -> Planted:
    slot_P, label_P = members["slot"], members["label"]
    if slot_P.dtype.kind != "i" or label_P.dtype.kind != "i" or slot_P.ndim != 1:
        raise ValueError(f"it holds {slot_P.dtype} and {label_P.dtype}, not whole numbers")
    if slot_P.shape != label_P.shape:
        raise ValueError(f"it holds {len(slot_P)} slots, and labels of shape {label_P.shape}")
    if len(slot_P) and not (slot_P[0] >= 0 and slot_P[-1] < n and (np.diff(slot_P) > 0).all()):
        raise ValueError(f"its slots are not rising, or not within 0 .. {n - 1}")
    if len(label_P) and label_P.min() < 0:
        raise ValueError(f"it holds the label {label_P.min()}; labels count from 0")
    return Planted(slot_P=slot_P.astype(np.int64), label_P=label_P.astype(np.int64))


def open_run(run_id: str, root: Path | None = None) -> Run:
    """A run by its id."""
    return Run(find_run(run_id, root))


def all_runs(root: Path | None = None) -> list[Run]:
    """Every run, newest first. None is opened, so a damaged one does no harm here."""
    return [Run(folder) for folder in run_folders(root)]
