"""Files of a run that are whole, and hold values that no worker would write."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from benchmarks.fuzz.values import NUMBERS, Random, changed, text, value

_KINDS = ("u1", "i8", "i4", "f4", "f2", "b1", "U3", "S3", ">i2", "c8")


def edited(path: Path, content: bytes, rng: Random) -> bytes | None:
    """The file with another value in it; None where it is of a kind not known here."""
    if path.suffix == ".json":
        return _json(content, rng)
    if path.suffix == ".db":
        return _database(path, content, rng)
    if path.suffix == ".npy":
        return _npy(np.load(io.BytesIO(content)), rng)
    if path.suffix == ".npz":
        return _npz(content, rng)
    return _parquet(content, rng) if path.suffix == ".parquet" else None


def _json(content: bytes, rng: Random) -> bytes:
    found = changed(json.loads(content), rng, int(rng.integers(1, 4)))
    return json.dumps(found).encode("utf-8", "surrogatepass")


def _npy(array: np.ndarray, rng: Random) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, _other(array, rng), allow_pickle=False)
    return buffer.getvalue()


def _npz(content: bytes, rng: Random) -> bytes:
    with np.load(io.BytesIO(content)) as members:
        arrays = {name: members[name] for name in members.files}
    name = list(arrays)[rng.integers(len(arrays))]
    if rng.random() < 0.2:
        del arrays[name]
    else:
        arrays[name] = _other(arrays[name], rng)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _other(array: np.ndarray, rng: Random) -> np.ndarray:
    """With other values, or of another kind or shape."""
    kind = rng.integers(6)
    if kind == 0:
        return array[..., : rng.integers(array.shape[-1] + 1)] if array.ndim else array[None]
    if kind == 1:
        with suppress(ValueError, TypeError), np.errstate(all="ignore"):
            return array.astype(_KINDS[rng.integers(len(_KINDS))])
    if kind == 2:
        return array[: rng.integers(len(array) + 1)] if array.ndim else array
    if kind == 3:
        return array.reshape(-1, 1) if array.ndim == 1 else array.reshape(-1)
    found = array.copy()
    if found.size and found.dtype.kind in "iufb":
        where = rng.integers(found.size, size=int(rng.integers(1, 4)))
        with np.errstate(all="ignore"):
            wanted = np.array([_number(rng) for _ in where])
            found.flat[where] = wanted.astype(found.dtype)
    return found


def _number(rng: Random) -> float:
    return float(NUMBERS[rng.integers(len(NUMBERS))])


def _database(path: Path, content: bytes, rng: Random) -> bytes:
    """A cell of a table, or a table that is gone, new, a view without end, or has a trigger."""
    copy = path.with_name("copy-of.db")
    copy.write_bytes(content)
    try:
        with closing(sqlite3.connect(copy)) as database, database:
            tables = [row[0] for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )]  # fmt: skip
            _change(database, tables[rng.integers(len(tables))], rng)
        return copy.read_bytes()
    finally:
        copy.unlink()


def _change(database: sqlite3.Connection, table: str, rng: Random) -> None:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    kind = rng.random()
    with suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):
        if kind < 0.7:
            cell = value(rng)
            cell = json.dumps(cell) if isinstance(cell, list | dict) or table == "facts" else cell
            cell = text(rng).encode("utf-8", "replace") if rng.random() < 0.1 else cell
            column = names[rng.integers(len(names))]
            where = "" if rng.random() < 0.3 else "WHERE rowid IN (SELECT rowid FROM "
            where += f"{table} ORDER BY random() LIMIT 1)" if where else ""
            database.execute(f"UPDATE OR REPLACE {table} SET {column} = ? {where}", (cell,))
        elif kind < 0.8:
            database.execute(f"DELETE FROM {table}")
        elif kind < 0.9:
            database.execute(f"ALTER TABLE {table} RENAME TO other")
            database.execute(_VIEWS[rng.integers(len(_VIEWS))].format(table=table))
        elif kind < 0.95:
            database.execute(f"ALTER TABLE {table} RENAME COLUMN {names[-1]} TO other")
        else:
            database.execute(f"PRAGMA user_version = {2 ** int(rng.integers(31))}")


_VIEWS = (
    "CREATE VIEW {table} AS SELECT * FROM other",
    "CREATE VIEW {table} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT other.* FROM n, other",
    "CREATE VIEW {table} AS SELECT * FROM {table}",
    "CREATE TABLE {table} (only)",
)


def _parquet(content: bytes, rng: Random) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    found = parquet.read_table(io.BytesIO(content))
    column = int(rng.integers(found.num_columns))
    name, kind = found.schema.names[column], rng.integers(5)
    if kind == 0:
        found = found.drop([name])
    elif kind == 1:
        found = found.slice(0, int(rng.integers(found.num_rows + 1)))
    elif kind == 2:
        cells = pa.array([text(rng).encode("utf-8", "replace").decode()] * found.num_rows)
        found = found.set_column(column, name, cells)
    elif kind == 3:
        cells = found[name].to_pylist()
        cells[rng.integers(len(cells))] = None
        found = found.set_column(column, name, pa.array(cells, found.schema.types[column]))
    else:
        number = (-1, 2**31 - 1, 2**62, 99)[rng.integers(4)]
        found = found.set_column(column, name, pa.array([number] * found.num_rows, pa.int64()))
    buffer = io.BytesIO()
    parquet.write_table(found, buffer)
    return buffer.getvalue()
