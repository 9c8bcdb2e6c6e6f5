"""One instance as a whole: all of its text, its row beside what is usual, its sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mild.analysis.samples.small import cell_words, kept_seconds, most_unusual_first
from mild.analysis.samples.usual import Usual
from mild.store.run import Run
from mild.store.samples.sounds import Sound
from mild.store.samples.table import Cell
from mild.store.samples.texts import Text
from mild.visible import visible_name
from mild.words import count


@dataclass(frozen=True, slots=True)
class WholeCell:
    """A cell of a row, and what is usual in some classes."""

    name: str
    value: str
    usual: tuple[str, ...]
    """One per class that was asked for."""
    unusual: bool
    """In the first of these classes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeSample:
    """One instance; what the run does not hold is None or empty."""

    text: Text | None
    cells: tuple[WholeCell, ...]
    """The most unusual first."""
    sound: Sound | None
    words: str
    """What is missing of it: cut off, or not kept."""


def whole_sample(run: Run, index: int, labels: Sequence[int], usual: Usual) -> WholeSample | None:
    """Read everything that a run holds of an instance; None where that is no more than a picture.

    Parameters
    ----------
    labels
        The classes to compare a row with, its given label first.
    """
    if not run.has_samples():
        return None
    index_T = np.array([index])
    texts, rows, sounds = run.texts_of(index_T), run.rows_of(index_T), run.sounds_of(index_T)
    text = None if texts is None else texts[0]
    sound = None if sounds is None else sounds[0]
    said = [_of_text(text), "" if sounds is None else _of_sound(sound)]
    return WholeSample(
        text=text,
        cells=() if rows is None else _cells(rows[0], labels, usual),
        sound=sound,
        words=" ".join(filter(None, said)),
    )


def _cells(row: dict[str, Cell], labels: Sequence[int], usual: Usual) -> tuple[WholeCell, ...]:
    return tuple(
        WholeCell(
            visible_name(name),
            cell_words(row[name]),
            tuple(cell_words(usual[name].median(label)) for label in labels),
            unusual,
        )
        for name, unusual in most_unusual_first(row, labels[0], usual)
    )


def _of_text(text: Text | None) -> str:
    if text is None or not text.is_cut:
        return ""
    return f"The first {count(len(text.text))} of {count(text.n_characters)} characters."


def _of_sound(sound: Sound | None) -> str:
    if sound is None:
        return "The sound was not kept: the run has too many to keep them all."
    if sound.seconds > kept_seconds(sound) + 0.05:
        return f"The first {kept_seconds(sound):.1f} of {sound.seconds:.1f} seconds."
    return f"{sound.seconds:.1f} seconds."
