"""The beginnings of sounds: samples one after the other in one file, and in a second who is where.

Samples are written first and the file that tells where they are second, so that no reader ever sees
half a sound.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.store.files import arrays, plain

Int16Array = npt.NDArray[np.int16]
IntArray = npt.NDArray[np.integer[Any]]

RATE = 16_000
"""Samples a second."""
COLUMNS = 4
"""Of a place: the instance, where its samples begin, how many, and how long the original is."""
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Sound:
    """What a run holds of a sound: one channel, RATE samples a second."""

    samples_S: Int16Array
    seconds: float
    """Of the original, which may go on where the samples end."""


class SoundWriter:
    """Appends sounds, each instance's once; they count once they are committed."""

    def __init__(self, samples: Path, places: Path) -> None:
        self._file = samples.open("wb", buffering=0)
        self._places = places
        self._end = 0
        self._rows: list[tuple[int, int, int, int]] = []
        self.kept: set[int] = set()

    def append(self, index: int, sound: Sound) -> None:
        """Write the sound of an instance."""
        left = memoryview(np.ascontiguousarray(sound.samples_S, dtype="<i2").tobytes())
        self._file.seek(2 * self._end)
        while left:  # an unbuffered file may take less than it is given
            left = left[self._file.write(left) :]
        n = len(sound.samples_S)
        self._rows.append((index, self._end, n, round(MILLISECONDS * sound.seconds)))
        self._end += n
        self.kept.add(index)

    def commit(self) -> None:
        """Let readers know of what was appended."""
        os.fsync(self._file.fileno())
        arrays.save_npy(self._places, np.array(self._rows, np.int64).reshape(-1, COLUMNS))

    def close(self) -> None:
        """Close the file; what was not committed is not read."""
        self._file.close()


def read_sounds(samples: Path, places: Path, index_T: IntArray) -> list[Sound | None]:
    """Read the sounds of these instances; None where the run kept none.

    Raises
    ------
    ValueError
        If the files do not belong together.
    """
    place_RP = np.asarray(arrays.load_npy(places))
    if place_RP.ndim != 2 or place_RP.shape[1] != COLUMNS or place_RP.dtype != np.int64:
        raise ValueError(f"{places.name} holds {place_RP.dtype} of shape {place_RP.shape}")
    row_of = {int(index): row for row, index in enumerate(place_RP[:, 0])}
    found: list[Sound | None] = []
    plain.check(samples)
    with samples.open("rb") as file:
        for index in index_T.tolist():
            if index not in row_of:
                found.append(None)
                continue
            _, begin, n, length = map(int, place_RP[row_of[index]])
            file.seek(2 * max(0, begin))
            content = file.read(2 * max(0, n))
            if begin < 0 or len(content) != 2 * n:
                raise ValueError(f"the sound of instance {index} is not in it")
            found.append(Sound(np.frombuffer(content, dtype="<i2"), length / MILLISECONDS))
    return found
