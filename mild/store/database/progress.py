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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mild.store.database import host, tables

BEAT_SECONDS = 10.0
"""How often a writer that has nothing new says that it lives."""
STALE_SECONDS = 120.0
"""Not heard from for so long, a worker elsewhere counts as gone. Network drives may show what is a
minute old."""
LEAST_SECONDS = 1.0
"""Between two snapshots, unless a state changes or a round ends."""
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
    tables: dict[str, Any]

    @property
    def here(self) -> bool:
        """Whether it was written on this machine, since this machine was last started."""
        return (self.machine, self.boot) == (host.machine(), host.boot())

    @property
    def fresh(self) -> bool:
        """Whether the writer was heard from lately."""
        return time.time() - self.heard < STALE_SECONDS


def read(path: Path) -> Written | None:
    """The snapshot of a run; None where there is none that can be read."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _read(path, status.st_mtime_ns, status.st_ino, status.st_size)


@contextlib.contextmanager
def as_database(written: Written) -> Iterator[sqlite3.Connection]:
    """The tables of a snapshot, in memory, to be asked like run.db.

    Raises
    ------
    sqlite3.Error
        If somebody has edited it into something else.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            for name, table in written.tables.items():
                columns = ", ".join(f'"{_word(column)}"' for column in table["columns"])
                connection.execute(f'CREATE TABLE "{_word(name)}" ({columns})')
                marks = ", ".join("?" for _ in table["columns"])
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', table["rows"])
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise sqlite3.DatabaseError(f"progress.json: {error}") from error
        yield connection


class Progress:
    """Keeps progress.json up to date while a run is written; ends with `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables = "{}"
        self._busy = threading.Lock()
        self._closed = threading.Event()
        self._next = 0.0
        threading.Thread(target=self._beat, name="mild progress", daemon=True).start()

    def update(self, connection: sqlite3.Connection, *, at_once: bool = False) -> None:
        """Write down what run.db says now, unless that was done a moment ago."""
        began = time.monotonic()
        if began < self._next and not at_once:
            return
        try:
            self._tables = json.dumps(_dump(connection))
        except sqlite3.Error:  # of a run whose tables were edited by hand; its writer will say so
            return
        self._write()
        taken = time.monotonic() - began
        self._next = began + max(LEAST_SECONDS, 50 * taken)  # a long run must not pay for it

    def close(self) -> None:
        """Say no more; the last snapshot stays."""
        self._closed.set()

    def _beat(self) -> None:
        while not self._closed.wait(BEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        who: dict[str, Any] = {
            "schema": tables.SCHEMA,
            "heard": time.time(),
            "machine": host.machine(),
            "boot": host.boot(),
            "user": host.user(),
            "pid": os.getpid(),
        }
        with self._busy, contextlib.suppress(OSError):  # run.db is what counts
            text = f'{json.dumps(who)[:-1]}, "tables": {self._tables}}}\n'
            temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path)


@lru_cache(maxsize=64)
def _read(path: Path, _mtime: int, _inode: int, _size: int) -> Written | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Written(
            machine=str(found["machine"]),
            boot=str(found["boot"]),
            user=str(found["user"]),
            pid=int(found["pid"]),
            heard=float(found["heard"]),
            tables=dict(found["tables"]),
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _dump(connection: sqlite3.Connection) -> dict[str, Any]:
    return {name: _table(connection, name) for name in tables.NAMES}


def _table(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    query = f"SELECT * FROM {name}"
    if name == "events":
        query = f"SELECT * FROM ({query} ORDER BY id DESC LIMIT {MOST_EVENTS}) ORDER BY id"
    cursor = connection.execute(query)
    return {"columns": [item[0] for item in cursor.description], "rows": cursor.fetchall()}


def _word(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name")
    return name
