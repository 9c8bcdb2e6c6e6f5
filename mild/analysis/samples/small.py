"""Instances in small: the beginning of a text, the most unusual cells of a row, a waveform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.samples.usual import Usual
from mild.store.run import Run
from mild.store.samples.sounds import RATE, Sound
from mild.store.samples.table import Cell
from mild.visible import visible, visible_name
from mild.words import figure

IntArray = npt.NDArray[np.integer[Any]]

LOUDEST = 100
UNUSUAL = 2.0
"""Standard deviations from the median of its class from which a cell is marked."""


@dataclass(frozen=True, slots=True)
class SmallCell:
    """A cell of a row, in words."""

    name: str
    value: str
    unusual: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallSample:
    """One instance in small; what the run does not hold is empty."""

    text: str = ""
    cells: tuple[SmallCell, ...] = ()
    """The most unusual first."""
    peaks: tuple[int, ...] = ()
    """How loud the sound is from beginning to end, each 0 to LOUDEST."""
    seconds: float | None = None
    """Of the original sound; None where there is none."""
    silent: bool = False
    """Whether there was a sound, which was not kept."""

    @property
    def nothing(self) -> str:
        """Say why, where there is nothing of it to show."""
        return "sound not kept" if self.silent else "(empty)"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of an instance is shown."""

    n_characters: int
    n_cells: int
    n_peaks: int


SMALL, LARGE = Size(300, 12, 72), Size(2_000, 100, 160)


def small_samples(
    run: Run, index_T: IntArray, given_T: IntArray, usual: Usual, size: Size = SMALL
) -> list[SmallSample]:
    """Make instances small; empty where the run holds no texts, table, or sounds."""
    if not run.has_samples():
        return []
    n = len(index_T)
    texts, rows, sounds = run.texts_of(index_T), run.rows_of(index_T), run.sounds_of(index_T)
    return [
        SmallSample(
            text="" if texts is None else beginning(texts[place].text, size.n_characters),
            cells=()
            if rows is None
            else small_cells(rows[place], int(given_T[place]), usual, size.n_cells),
            **({} if sounds is None else _small_sound(sounds[place], size.n_peaks)),
        )
        for place in range(n)
    ]


def beginning(text: str, n: int) -> str:
    r"""Return the first characters of a text, on one line.

    Examples
    --------
    >>> beginning("two\n lines", 5)
    'two l…'
    """
    line = " ".join(text[: 2 * n].split())
    whole = len(line) <= n and len(text) <= 2 * n
    return visible(line if whole else f"{line[:n].rstrip()}…")


def small_cells(row: dict[str, Cell], label: int, usual: Usual, n: int) -> tuple[SmallCell, ...]:
    """List the most unusual cells of a row first; those as usual in the order of the columns."""
    return tuple(
        SmallCell(visible_name(name), cell_words(row[name]), unusual)
        for name, unusual in most_unusual_first(row, label, usual)[:n]
    )


def most_unusual_first(row: dict[str, Cell], label: int, usual: Usual) -> list[tuple[str, bool]]:
    """Order the columns of a row by how unusual it is in them, and tell which are marked."""
    far = {name: usual[name].unusual(cell, label) for name, cell in row.items()}
    names = sorted(row, key=lambda name: -far[name] if far[name] >= UNUSUAL else 0.0)
    return [(name, far[name] >= UNUSUAL) for name in names]


def cell_words(cell: Cell) -> str:
    """Write a cell as people read it; a dash where it is empty.

    Examples
    --------
    >>> cell_words(True), cell_words(0.5), cell_words(None), cell_words("red")
    ('yes', '0.5', '–', 'red')
    """
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return visible(cell) if isinstance(cell, str) else figure(cell)


def peaks(samples_S: npt.NDArray[np.int16], n: int) -> tuple[int, ...]:
    """Return the loudest sample in each of n parts, relative to the loudest of all."""
    if not len(samples_S):
        return ()
    loud_S = np.abs(samples_S.astype(np.float64))
    parts = np.array_split(loud_S, min(n, len(loud_S)))
    peak_P = np.array([part.max() for part in parts])
    return tuple((LOUDEST * peak_P / max(1.0, peak_P.max())).round().astype(int).tolist())


def kept_seconds(sound: Sound) -> float:
    """Return how much of a sound the run holds."""
    return len(sound.samples_S) / RATE


def _small_sound(sound: Sound | None, n_peaks: int) -> dict[str, Any]:
    if sound is None:
        return {"silent": True}
    return {"peaks": peaks(sound.samples_S, n_peaks), "seconds": sound.seconds}
