"""progress.json: what run.db says, as one small plain file that is replaced whole.

run.db has a write-ahead log while its worker lives, which only programs on the worker's machine may
read. Who looks from another machine, through a network drive, reads this instead. It also tells who
is at work where, and when that was last heard from.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mild.store.database import host, tables
from mild.store.files import plain
from mild.store.schema import LATEST

BEAT_SECONDS = 10.0
"""How often a writer that has nothing new says that it lives."""
STALE_SECONDS = 120.0
"""Not heard from for so long, a worker elsewhere counts as gone. Network drives may show what is a
minute old."""
LEAST_SECONDS = 1.0
"""Between two snapshots, unless a state changes or a round ends."""
Stamp = tuple[int, int, int]
_TABLES = ', "tables": '
"""What stands between who wrote it and the rest."""
EDITED = (TypeError, KeyError, AttributeError, ValueError, OverflowError, RecursionError)
"""What it may raise where somebody changed it by hand: a number may be too large for its kind."""
MOST_EVENTS = 500
"""The newest lines of the history that a snapshot holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A snapshot, and who wrote it."""

    machine: str
    boot: str
    user: str
    pid: int
    heard: float
    """When the writer last said that it lives, in seconds since 1970 by its own clock."""
    at_work: bool
    """False once the writer has closed the run."""
    tables: str
    """The tables as JSON, which few readers need."""

    @property
    def here(self) -> bool:
        """Whether it was written on this machine, since this machine was last started."""
        return (self.machine, self.boot) == (host.machine(), host.boot())

    @property
    def fresh(self) -> bool:
        """Whether the writer is at work, and was heard from lately."""
        return self.at_work and time.time() - self.heard < STALE_SECONDS


def read(path: Path) -> Written | None:
    """Read the snapshot of a run; None where there is none that can be read."""
    try:
        status = path.stat()
    except OSError:
        return None
    stamp, kept = (status.st_mtime_ns, status.st_ino, status.st_size), _newest(path)
    if kept[0][0] != stamp:
        kept[0] = (stamp, _read(path))
    return kept[0][1]


@contextlib.contextmanager
def as_database(written: Written) -> Iterator[sqlite3.Connection]:
    """Put the tables of a snapshot into memory, to be asked like run.db.

    Raises
    ------
    sqlite3.Error
        If somebody has edited it into something else.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            for name, table in json.loads(written.tables).items():
                columns = ", ".join(f'"{_word(column)}"' for column in table["columns"])
                connection.execute(f'CREATE TABLE "{_word(name)}" ({columns})')
                marks = ", ".join("?" for _ in table["columns"])
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', table["rows"])
        except EDITED as error:
            raise sqlite3.DatabaseError(f"progress.json: {error}") from error
        yield connection


class ProgressFile:
    """Keeps progress.json up to date while a run is written; ends with `close`."""

    def __init__(self, path: Path, database: Path, ours: Callable[[], bool]) -> None:
        """`ours` is asked every second, from another thread; after a False nothing is written."""
        self._path, self._database, self._ours = path, database, ours
        self._tables = "{}"
        self._new = self._at_work = True
        self._next = self._last = 0.0
        self._busy = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._keep_on, name="mild progress", daemon=True).start()

    def update(self, connection: sqlite3.Connection, *, at_once: bool = False) -> None:
        """Write down what run.db says now, or a moment later where it was written just before."""
        self._new = True
        if at_once or time.monotonic() >= self._next:
            self._take(connection)

    def close(self, connection: sqlite3.Connection) -> None:
        """Write down what run.db says at last, and that nobody is at work any more."""
        self._closed.set()
        self._at_work = False
        self._take(connection)

    def abandon(self) -> None:
        """Leave the file as it is: it is somebody else's now."""
        self._closed.set()

    def _keep_on(self) -> None:
        while not self._closed.wait(LEAST_SECONDS) and self._ours():
            if self._new and time.monotonic() >= self._next:
                with contextlib.suppress(sqlite3.Error):
                    address = f"{self._database.absolute().as_uri()}?mode=ro"
                    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
                        self._take(connection)
            elif time.monotonic() - self._last > BEAT_SECONDS:
                with self._busy:
                    self._write()

    def _take(self, connection: sqlite3.Connection) -> None:
        began = time.monotonic()
        with self._busy, contextlib.suppress(sqlite3.Error):  # edited by hand: its writer says so
            self._new = False
            self._tables = json.dumps({name: _table(connection, name) for name in tables.NAMES})
            self._write()
            taken = time.monotonic() - began
            self._next = began + max(LEAST_SECONDS, 50 * taken)  # a long run must not pay for it

    def _write(self) -> None:
        who = {
            "schema": tables.SCHEMA,
            "at_work": self._at_work,
            "heard": time.time(),
            "machine": host.machine(),
            "boot": host.boot(),
            "user": host.os_user(),
            "pid": os.getpid(),
        }
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):  # run.db is what counts
            text = f"{json.dumps(who)[:-1]}{_TABLES}{self._tables}}}\n"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path)
        self._last = time.monotonic()


@lru_cache(maxsize=64)
def _newest(path: Path) -> list[tuple[Stamp | None, Written | None]]:
    """Return one place for the newest snapshot of a run: of a day there are thousands."""
    return [(None, None)]


def _read(path: Path) -> Written | None:
    try:
        head, _, tail = plain.read_text(path).partition(_TABLES)
        found = json.loads(f"{head}}}")
        return Written(
            machine=str(found["machine"]),
            boot=str(found["boot"]),
            user=str(found["user"]),
            pid=int(found["pid"]),
            heard=_time(found["heard"]),
            at_work=bool(found["at_work"]),
            tables=tail.rstrip().removesuffix("}"),
        )
    except (OSError, *EDITED):
        return None


def _table(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    query = f"SELECT * FROM {name}"
    if name == "events":
        query = f"SELECT * FROM ({query} ORDER BY id DESC LIMIT {MOST_EVENTS}) ORDER BY id"
    cursor = connection.execute(query)
    return {"columns": [item[0] for item in cursor.description], "rows": cursor.fetchall()}


def _time(value: Any) -> float:
    when = float(value)
    if not 0 <= when <= LATEST:  # nan is neither
        raise ValueError(f"{when} is no time")
    return when


def _word(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name")
    return name
