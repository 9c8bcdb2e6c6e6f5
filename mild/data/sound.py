"""The beginning of a sound as one channel of 16-bit samples, from a file or an array.

Axes: T samples of the original, K channels, S samples at the rate asked for.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.errors import DataError
from mild.visible import printable

Int16Array = npt.NDArray[np.int16]
FULL_SCALE = 32767
WAV = (".wav", ".wave")


@dataclass(frozen=True, slots=True)
class SoundArray:
    """A sound in memory."""

    samples: npt.NDArray[Any]
    """Shape (T,) or (T, K); whole numbers over their whole range, or floats from -1 to 1."""
    rate: int
    """Samples a second."""


def beginning_of_file(path: Path, seconds: float, rate: int) -> tuple[Int16Array, float]:
    """Read the beginning of a file, shape (S,), and how many seconds the whole of it has.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    if path.suffix.lower() in WAV:
        return beginning_of_array(_wav(path), seconds, rate)
    sound, length = _other(path, seconds)
    samples_S, _ = beginning_of_array(sound, seconds, rate)
    return samples_S, length


def beginning_of_array(sound: SoundArray, seconds: float, rate: int) -> tuple[Int16Array, float]:
    """Cut, mix and resample a sound to shape (S,); also return how many seconds it has."""
    length = len(sound.samples) / sound.rate
    first = np.asarray(sound.samples[: math.ceil(seconds * sound.rate)])
    mono_T = _to_floats(first).reshape(len(first), -1).mean(axis=1)
    if sound.rate != rate:
        mono_T = _resampled(mono_T, max(1, round(len(mono_T) * rate / sound.rate)))
    whole = np.nan_to_num(np.clip(mono_T, -1, 1), nan=0.0) * FULL_SCALE
    return whole.round().astype(np.int16)[: round(seconds * rate)], length


def _resampled(mono_T: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.float64]:
    """Bring a sound to n samples by its spectrum; frequencies too high for them are left out."""
    return np.fft.irfft(np.fft.rfft(mono_T), n) * (n / len(mono_T))


def _to_floats(samples: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    if samples.dtype.kind == "f":
        return samples.astype(np.float64)
    half = 2.0 ** (8 * samples.dtype.itemsize - 1)
    return samples / half - (samples.dtype.kind == "u")  # unsigned samples rest in the middle


def _wav(path: Path) -> SoundArray:
    from scipy.io import wavfile

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # of parts that are no sound
            try:
                rate, samples = wavfile.read(path, mmap=True)
            except ValueError:  # of 24 bits, or damaged
                rate, samples = wavfile.read(path)
    except Exception as error:  # damaged files make its parser raise errors of many kinds
        raise DataError(_unreadable(path, str(error))) from error
    if not len(samples) or rate < 1:
        raise DataError(_unreadable(path, "it holds no sound"))
    return SoundArray(samples, rate)


def _other(path: Path, seconds: float) -> tuple[SoundArray, float]:
    """Read whatever libsndfile does: FLAC, Ogg, MP3 and many more."""
    try:
        import soundfile  # in no extra of ours: many systems lack its library
    except ModuleNotFoundError:
        raise DataError(
            f"{printable(path)} is not a WAV file; pip install soundfile reads others, such as "
            f"FLAC."
        ) from None
    try:
        with soundfile.SoundFile(path) as file:
            samples = file.read(math.ceil(seconds * file.samplerate), dtype="float32")
            return SoundArray(samples, file.samplerate), len(file) / file.samplerate
    except (RuntimeError, OSError) as error:  # libsndfile's errors are RuntimeErrors
        raise DataError(_unreadable(path, str(error))) from error


def _unreadable(path: Path, why: str) -> str:
    return f"{printable(path)} cannot be read as a sound ({printable(why)}); replace the file."
