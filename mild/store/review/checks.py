"""Spot checks in review.db: which images were drawn to be looked at, and what people answered.

An answer is no decision: it says whether the given label is right, and changes nothing that is
exported. Nothing is ever deleted; an undo marks an answer as taken back.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from mild.access import Role, needs
from mild.store.folder import RunFolder
from mild.store.reading.checked_values import record
from mild.store.review.file import reading, writing

Answer = Literal["right", "wrong", "unknown"]
ANSWERS: tuple[str, ...] = get_args(Answer)
MOST_INSTANCES = 2**28
"""More are in no run: a few bytes of `strata` could stand for any number."""
Answers = Mapping[int, Answer | None]
"""Instance -> what a person says of its given label; None takes an answer back."""

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS check_samples (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, round INTEGER, cut REAL,
        seed INTEGER NOT NULL, n_kept INTEGER NOT NULL, n_flagged INTEGER NOT NULL,
        strata BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS check_draws (
        instance INTEGER PRIMARY KEY, sample INTEGER NOT NULL, place INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS check_answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, window TEXT NOT NULL,
        instance INTEGER NOT NULL, answer TEXT, undone INTEGER NOT NULL DEFAULT 0
    )
    """,
)
# check_samples: `round` counts from 0 and is null where the whole run's verdicts were sampled;
# `cut` is null where the run's own cut was in use; `n_kept` and `n_flagged` are the sizes of the
# strata, `strata` the stratum of every instance, a byte each, deflated.


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One draw of images to check."""

    id: int
    time: float
    round: int | None
    cut: float | None
    seed: int
    n_kept: int
    n_flagged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """Everything drawn and answered so far."""

    samples: tuple[Sample, ...]
    batches: tuple[tuple[int, ...], ...]
    """Per sample, its instances in the order in which they are to be looked at; each instance is
    drawn once at most."""
    answers: dict[int, Answer]

    @property
    def drawn(self) -> tuple[int, ...]:
        """Of all samples, in order."""
        return tuple(index for batch in self.batches for index in batch)

    @property
    def current(self) -> tuple[int, ...]:
        """From the first sample that waits for an answer on; the last one where none does."""
        for place, batch in enumerate(self.batches):
            if any(index not in self.answers for index in batch):
                return tuple(index for later in self.batches[place:] for index in later)
        return self.batches[-1] if self.batches else ()

    @property
    def to_answer(self) -> tuple[int, ...]:
        """Drawn and not answered yet, in order."""
        return tuple(index for index in self.drawn if index not in self.answers)

    @property
    def wrong(self) -> dict[int, bool]:
        """Whether the given label is wrong, where a person could tell."""
        return {
            index: answer == "wrong"
            for index, answer in self.answers.items()
            if answer != "unknown"
        }

    @property
    def n_unknown(self) -> int:
        """Answers that do not tell right from wrong."""
        return sum(answer == "unknown" for answer in self.answers.values())


NO_CHECKS = Checks(samples=(), batches=(), answers={})


def checks(folder: RunFolder) -> Checks:
    """Return how things stand."""
    with reading(folder, "check_samples") as database:
        if database is None:
            return NO_CHECKS
        samples = database.execute(
            "SELECT id, time, round, cut, seed, n_kept, n_flagged FROM check_samples ORDER BY id"
        )
        names = ("id", "time", "round", "cut", "seed", "n_kept", "n_flagged")
        found = tuple(record(Sample, dict(zip(names, row, strict=True))) for row in samples)
        drawn: dict[int, list[int]] = {item.id: [] for item in found}
        for sample, index in database.execute(
            "SELECT sample, instance FROM check_draws ORDER BY sample, place"
        ):
            drawn[sample].append(_number(index))
        batches = tuple(map(tuple, drawn.values()))
        return Checks(samples=found, batches=batches, answers=_standing(database))


def strata(folder: RunFolder, sample: int) -> npt.NDArray[np.uint8]:
    """Return the stratum of each instance when the sample was drawn, shape (A,)."""
    with reading(folder, "check_samples") as database:
        query = "SELECT strata FROM check_samples WHERE id = ?"
        row = database and database.execute(query, (sample,)).fetchone()
        if not row:
            raise ValueError(f"its sample {sample} is gone")
        try:
            content = zlib.decompressobj().decompress(row[0], MOST_INSTANCES)
        except zlib.error as error:
            raise ValueError(f"its sample {sample} is damaged: {error}") from error
    return np.frombuffer(content, dtype=np.uint8)


@needs(Role.REVIEWER, "Drawing a sample")
def add_sample(
    folder: RunFolder,
    indices: Sequence[int],
    *,
    strata_A: npt.NDArray[np.uint8],
    sizes: tuple[int, int],
    seed: int,
    number: int | None,
    cut: float | None,
    n_samples: int,
) -> bool:
    """Write a sample down, in the order in which it is to be looked at.

    Parameters
    ----------
    sizes
        Of the strata: kept, flagged.
    number
        The round whose selection is sampled, counted from 0; None for the verdicts of the run.
    n_samples
        How many samples there were when it was drawn. Where there are more by now, another window
        has drawn one: nothing is written, and the answer is False.
    """
    with writing(folder, _TABLES) as database:
        if database.execute("SELECT count(*) FROM check_samples").fetchone()[0] != n_samples:
            return False
        cursor = database.execute(
            "INSERT INTO check_samples (time, round, cut, seed, n_kept, n_flagged, strata) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (time.time(), number, cut, seed, *sizes, zlib.compress(strata_A.tobytes())),
        )
        database.executemany(
            "INSERT INTO check_draws VALUES (?, ?, ?)",
            ((int(index), cursor.lastrowid, place) for place, index in enumerate(indices)),
        )
    return True


@needs(Role.REVIEWER, "Answering in a check")
def answer(folder: RunFolder, wanted: Answers, window: str) -> int:
    """Answer for some of the drawn images; how many answers are new or another one than before.

    Images that were not drawn are passed over.
    """
    with writing(folder, _TABLES) as database:
        standing = _standing(database)
        drawn = {row[0] for row in database.execute("SELECT instance FROM check_draws")}
        changes = {i: a for i, a in wanted.items() if i in drawn and standing.get(i) != a}
        database.executemany(
            "INSERT INTO check_answers (time, window, instance, answer) VALUES (?, ?, ?, ?)",
            ((time.time(), window, index, given) for index, given in changes.items()),
        )
    return len(changes)


@needs(Role.REVIEWER, "Taking an answer back")
def undo_answer(folder: RunFolder, window: str) -> int | None:
    """Take back this window's last answer; the instance it was about, None where there is none."""
    with writing(folder, _TABLES) as database:
        row = database.execute(
            "SELECT id, instance FROM check_answers WHERE window = ? AND NOT undone "
            "ORDER BY id DESC LIMIT 1",
            (window,),
        ).fetchone()
        if row is None:
            return None
        database.execute("UPDATE check_answers SET undone = 1 WHERE id = ?", (row[0],))
        return int(row[1])


def _standing(database: sqlite3.Connection) -> dict[int, Any]:
    """Return the newest answer about each instance that was not taken back."""
    rows = database.execute(
        "SELECT instance, answer FROM check_answers WHERE NOT undone ORDER BY id"
    )
    latest = {_number(row[0]): row[1] for row in rows}
    if unknown := set(latest.values()) - {None, *ANSWERS}:
        raise ValueError(f"it has the answer {str(unknown.pop())[:40]!r}")
    return {index: given for index, given in latest.items() if given is not None}


def _number(index: Any) -> int:
    """See that an image that was drawn has a number."""
    if not isinstance(index, int) or index < 0:
        raise ValueError(f"it has an image {str(index)[:40]!r}")
    return index
