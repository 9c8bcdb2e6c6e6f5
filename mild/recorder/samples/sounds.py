"""The sounds that a loop hands over: files or arrays, of which the beginning is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mild.data.sound import SoundArray, beginning_of_array, beginning_of_file
from mild.errors import DataError, RecordingError
from mild.recorder.inputs import same_length, to_numpy
from mild.store.samples.sounds import RATE, Sound

MOST_SECONDS, LEAST_SECONDS = 5, 2
"""Of a sound that are kept: all of them where there are few, fewer where there are many."""
BUDGET_BYTES = 2**29
SECOND_BYTES = 2 * RATE
MOST_CHANNELS = 8
HIGHEST_RATE = 1_000_000
LOUDEST = 8.0
"""What is a little over 1 is clipped; what is far over it was never scaled."""
Source = Path | SoundArray


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """How much of the sounds is kept."""

    seconds: int
    """From the beginning of each."""
    n_first: int
    """Sounds that are kept before the training, spread evenly over the set."""
    n_later: int
    """Of those left out, as many of the most suspicious are kept at the ends of the rounds."""


def plan(n: int, budget: int = BUDGET_BYTES) -> SoundPlan:
    """Choose what is kept of n sounds by the room that it takes on disk.

    Examples
    --------
    >>> plan(1_000), plan(6_000).seconds
    (SoundPlan(seconds=5, n_first=1000, n_later=0), 2)
    >>> plan(100_000)
    SoundPlan(seconds=2, n_first=4194, n_later=4194)
    """
    n_fitting = budget // SECOND_BYTES
    seconds = min(max(n_fitting // max(1, n), LEAST_SECONDS), MOST_SECONDS)
    fitting = n_fitting // seconds
    if n <= fitting:
        return SoundPlan(seconds, n, 0)
    return SoundPlan(seconds, fitting // 2, fitting // 2)


def checked(value: Any, n: int) -> tuple[Source, ...]:
    """Check that there is a sound for each of n instances; files are only looked for.

    Raises
    ------
    RecordingError
        If their number is another one, or one is neither a file that is there nor an array with its
        sampling rate.
    """
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise RecordingError(
            f"audio is one {type(value).__name__}; give a list with one sound per instance."
        )
    found = list(value)
    same_length(found, "audio", n)
    return tuple(_source(item, f"audio[{index}]") for index, item in enumerate(found))


def read(source: Source, seconds: float) -> Sound:
    """Read the beginning of a sound, as one channel.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    if isinstance(source, Path):
        samples_S, length = beginning_of_file(source, seconds, RATE)
    else:
        samples_S, length = beginning_of_array(source, seconds, RATE)
    return Sound(samples_S, length)


def _source(item: Any, what: str) -> Source:
    if isinstance(item, str | os.PathLike):
        path = Path(item).absolute()
        if not path.is_file():
            raise RecordingError(f"{what}: there is no file {path}; give the path of a sound.")
        return path
    if isinstance(item, Mapping):  # as Hugging Face's data sets have it
        item = (item.get("array"), item.get("sampling_rate"))
    if not isinstance(item, tuple | list) or len(item) != 2 or item[0] is None:
        kind = "None" if item is None else type(item).__name__
        raise RecordingError(
            f"{what} is {kind}; give the path of a file, or a pair of array and sampling rate."
        )
    try:
        return _array(to_numpy(item[0]), item[1])
    except DataError as error:
        raise RecordingError(f"{what}: {error}") from None


def _array(array: Any, rate: Any) -> SoundArray:
    if isinstance(rate, bool) or not isinstance(rate, int | float | np.integer | np.floating):
        raise DataError(f"its sampling rate is {rate!r}; give the samples per second.")
    if not 1 <= rate <= HIGHEST_RATE:
        raise DataError(f"its sampling rate is {rate}; it needs 1 to {HIGHEST_RATE:,} a second.")
    if array.ndim == 2 and array.shape[0] <= MOST_CHANNELS < array.shape[1]:
        array = array.T  # channels first, as torchaudio has it
    if array.ndim not in (1, 2) or not array.size or array.dtype.kind not in "iuf":
        raise DataError(
            f"the array is {array.dtype} of shape {array.shape}; it needs numbers, one per sample."
        )
    rate = round(float(rate))
    if array.dtype.kind == "f":
        _check_floats(array[: MOST_SECONDS * rate])
    return SoundArray(array, rate)


def _check_floats(beginning: Any) -> None:
    loudest = float(np.abs(beginning).max())
    if not loudest < LOUDEST:  # nan as well
        raise DataError(
            f"its samples go up to {loudest:,.4g}; floats go from -1 to 1: divide them, or give "
            "whole numbers (int16)."
        )
