"""Texts, table and sounds of a loop's instances, checked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mild.errors import DataError, RecordingError
from mild.recorder.samples import sounds, table, texts
from mild.store.samples.table import Array, Cell

CELL_BYTES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenSamples:
    """What the instances are, as far as the loop told; each None where it did not."""

    texts: tuple[str, ...] | None = None
    table: Mapping[str, list[Cell] | Array] | None = None
    sounds: tuple[sounds.Source, ...] | None = None

    def most_bytes(self) -> int:
        """Return what the copy takes on disk at the most; texts and numbers are compressed."""
        lengths = [len(text) for text in self.texts or ()]
        limit = texts.limit_of(lengths)
        in_texts = sum(min(length, limit) for length in lengths)
        in_table = CELL_BYTES * sum(len(cells) for cells in (self.table or {}).values())
        plan = sounds.plan(len(self.sounds or ()))
        in_sounds = plan.seconds * sounds.SECOND_BYTES * (plan.n_first + plan.n_later)
        return in_texts + in_table + in_sounds


def checked(n: int, *, texts_: Any, table_: Any, audio: Any) -> GivenSamples:
    """Check what a loop of n instances handed over; the first sound is read, to see whether it can.

    Raises
    ------
    RecordingError
        If something does not fit.
    """
    found = GivenSamples(
        texts=None if texts_ is None else texts.checked(texts_, n),
        table=None if table_ is None else table.checked(table_, n),
        sounds=None if audio is None else sounds.checked(audio, n),
    )
    if found.sounds:
        try:
            sounds.read(found.sounds[0], 1)
        except DataError as error:
            raise RecordingError(f"audio[0]: {error}") from None
    return found
