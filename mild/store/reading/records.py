"""What run.db says of a run: its state, facts, epochs, rounds and history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

from mild.errors import RunError, first_line
from mild.store.database import busy, connect, tables
from mild.store.files import plain, scarce
from mild.store.folder import RunFolder
from mild.store.reading import checked_values
from mild.store.schema import EpochRecord, Event, RoundRecord
from mild.store.state import RECORDED, RunState

Record = TypeVar("Record")
Value = TypeVar("Value")


class Records:
    """The part of `mild.store.run.Run` that reads run.db."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._connection: sqlite3.Connection | None = None

    @property
    def run_id(self) -> str:
        """The name of the run's folder."""
        return self.folder.run_id

    @contextmanager
    def opened(self) -> Iterator[Self]:
        """This run again, with run.db opened once for all that is asked of it in the block.

        To open it is half of what a short question costs. For one thread only.
        """
        if self._connection is not None:
            yield self
            return
        try:
            with connect.reading(self.folder) as connection:
                again = type(self)(self.folder)
                again._connection = connection
                yield again
        except sqlite3.Error as error:
            raise RunError(self._damaged("run.db", error)) from error

    def recorded_state(self) -> RunState:
        """Return what the worker last wrote, whether or not it lives."""
        row = self._rows(f"SELECT {', '.join(RECORDED)} FROM state")
        if not row:
            raise RunError(self._damaged("run.db", ValueError("its state is missing")))
        try:
            return checked_values.record(
                RunState, {name: row[0][name] for name in RECORDED} | {"pid": None}
            )
        except ValueError as error:
            raise RunError(self._damaged("run.db", error)) from error

    def schema(self) -> int:
        """Return the number of the tables' schema; a newer version's is larger than ours."""
        try:
            with self._reading() as connection:
                return tables.schema_of(connection)
        except sqlite3.Error as error:
            raise RunError(self._damaged("run.db", error)) from error

    def facts(self) -> dict[str, Any]:
        """Return what the worker derived, by name: data set, device, noise rate and so on."""
        rows = self._rows("SELECT key, value FROM facts")
        try:
            return checked_values.facts({row["key"]: json.loads(row["value"]) for row in rows})
        except (TypeError, ValueError, RecursionError) as error:
            raise RunError(self._damaged("run.db", error)) from error

    def epochs(self) -> list[EpochRecord]:
        """List every committed epoch, in order."""
        return self._records(EpochRecord, "epochs", "stage, epoch")

    def rounds(self) -> list[RoundRecord]:
        """List every round that has its selection, in order."""
        return self._records(RoundRecord, "rounds", "round")

    def events(self, last: int | None = None) -> list[Event]:
        """List the run's history, oldest first."""
        if last is None:
            return self._records(Event, "events", "id")
        return self._records(Event, "events", f"id DESC LIMIT {int(last)}")[::-1]

    def n_epochs(self, number: int) -> int:
        """Count the committed epochs of a round."""
        row = self._rows("SELECT count(*) AS n FROM epochs WHERE stage = ?", (number,))
        return int(row[0]["n"])

    def rounds_begun(self) -> int:
        """Count the rounds that have at least one committed epoch of status."""
        row = self._rows("SELECT DISTINCT stage FROM epochs ORDER BY stage")
        stages = [item["stage"] for item in row]
        if not all(isinstance(stage, int) for stage in stages):
            raise RunError(self._damaged("run.db", ValueError("an epoch has no number of a round")))
        return sum(self.is_round(stage) for stage in stages)

    def is_round(self, stage: int) -> bool:
        """Tell whether a stage is a round, with status of every instance, not the final model."""
        # By the folder: that its index is gone makes no final model of a round.
        return self.folder.round(stage).is_dir()

    def n_instances(self) -> int | None:
        """How many instances the training set has; None before it was read."""
        return self._n_rows(self.folder.instances)

    def _n_rows(self, path: Path) -> int | None:
        try:
            status = path.stat()
        except OSError:
            return None
        try:
            plain.check(path)
            return _n_rows(str(path), status.st_mtime_ns, status.st_size)
        except Exception as error:  # pyarrow has errors of every kind for what is damaged
            raise RunError(self._damaged(path.name, error)) from error

    def _sound(self, path: Path, read: Callable[[], Value]) -> Value:
        """What `read` reads from a file; where it is not as it must be, the run is damaged."""
        try:
            return read()
        except (KeyError, ValueError) as error:
            name = str(path.relative_to(self.folder.path))
            raise RunError(self._damaged(name, error)) from error

    def _records(self, kind: type[Record], table: str, order: str) -> list[Record]:
        with self.opened() as run:
            known = {row["name"] for row in run._rows(f"PRAGMA table_info({table})")}
            # An earlier version's table may lack what has a default; what has none is asked for.
            names = [
                field.name
                for field in fields(kind)  # type: ignore[arg-type]
                if field.name in known or field.default is MISSING
            ]
            rows = run._rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        try:
            return [checked_values.record(kind, dict(zip(names, row, strict=True))) for row in rows]
        except ValueError as error:
            raise RunError(self._damaged("run.db", error)) from error

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        try:
            with self._reading() as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise RunError(self._damaged("run.db", error)) from error

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        if self._connection is not None:
            return nullcontext(self._connection)
        return connect.reading(self.folder)

    def _damaged(self, what: str, error: Exception) -> str:
        if busy.is_busy(error):
            return busy.sentence(self.folder.database)
        if scarce.is_scarce(error):
            return scarce.sentence(f"run {self.run_id}: {what}", error)
        return (
            f"run {self.run_id}: {what} cannot be read ({first_line(error)}); "
            "copy it back from a copy of the run."
        )


@lru_cache(maxsize=256)
def _n_rows(path: str, _mtime: int, _size: int) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)
