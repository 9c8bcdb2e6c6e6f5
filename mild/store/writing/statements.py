"""What is written into run.db beside whole records, statement by statement."""

from __future__ import annotations

import sqlite3
import time

from mild.store import schema


def set_state(database: sqlite3.Connection, state: str, sentence: str) -> None:
    """Move to a state, and add it to the history.

    Raises
    ------
    ValueError
        If it is none.
    """
    if state not in schema.STATES:
        raise ValueError(f"state {state!r} is not one of {schema.STATES}")
    now = time.time()
    ended = now if state in schema.FINAL_STATES else None
    started = None if ended or state == "queued" else now  # it may end before its turn comes
    database.execute(
        "UPDATE state SET state = ?, sentence = ?, heartbeat = ?, ended = ?, "
        "started = coalesce(started, ?)",
        (state, sentence, now, ended, started),
    )
    add_event(database, state, sentence)


def set_place(
    database: sqlite3.Connection, stage: int, epoch: int, share_of_epoch: float, epochs_left: int
) -> None:
    """Say where training is."""
    database.execute(
        "UPDATE state SET heartbeat = ?, stage = ?, epoch = ?, share_of_epoch = ?, epochs_left = ?",
        (time.time(), stage, epoch, share_of_epoch, epochs_left),
    )


def add_event(database: sqlite3.Connection, kind: str, sentence: str) -> None:
    """Add a line to the history."""
    database.execute(
        "INSERT INTO events (time, kind, sentence) VALUES (?, ?, ?)", (time.time(), kind, sentence)
    )


def add_note(database: sqlite3.Connection, sentence: str) -> None:
    """Add a note to the history, unless it is there."""
    known = "SELECT 1 FROM events WHERE kind = 'note' AND sentence = ?"
    if database.execute(known, (sentence,)).fetchone() is None:
        add_event(database, "note", sentence)


def set_planted(database: sqlite3.Connection, number: int, n: int) -> None:
    """Note how many slots of a round are planted, so that their file is missed if it goes."""
    fact = schema.n_planted_fact(number)
    database.execute("DELETE FROM facts WHERE key = ?", (fact,))
    if n:
        database.execute("INSERT INTO facts (key, value) VALUES (?, ?)", (fact, str(n)))


def holds_out(database: sqlite3.Connection) -> bool:
    """Tell whether a list of held-out instances was written."""
    known = "SELECT 1 FROM facts WHERE key = ?"
    return database.execute(known, (schema.N_HELD_OUT,)).fetchone() is not None
