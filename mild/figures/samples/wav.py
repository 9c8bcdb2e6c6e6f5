"""Samples of one channel as the bytes of a WAV file, which every browser plays."""

from __future__ import annotations

import io
import wave

import numpy as np
import numpy.typing as npt


def as_wav(samples_S: npt.NDArray[np.int16], rate: int) -> bytes:
    """Encode a sound, 16 bits a sample."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples_S.astype("<i2").tobytes())
    return buffer.getvalue()
