"""A sound as a picture: time to the right, frequency upwards, loudness as brightness.

Axes: S samples, W windows, F frequencies.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

WINDOW = 512
"""Samples that one column of the picture tells of: 32 ms at 16,000 a second."""
MOST_COLUMNS = 600
DECIBELS = 70.0
"""Below the loudest, from which on all is dark."""
COLOURS = np.array(
    [[8, 9, 28], [60, 24, 98], [140, 41, 99], [214, 72, 68], [249, 148, 60], [252, 243, 176]],
    dtype=np.float64,
)
"""From silent to loud; brightness rises evenly, so that it is read without colours as well."""


def spectrogram(samples_S: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """Draw a sound as pixels, shape (WINDOW / 2, W, 3); a short one is padded with silence."""
    padded_S = np.pad(samples_S.astype(np.float64), (0, max(0, WINDOW - len(samples_S))))
    step = max(WINDOW // 4, -(-(len(padded_S) - WINDOW) // MOST_COLUMNS))
    windows_WS = np.lib.stride_tricks.sliding_window_view(padded_S, WINDOW)[::step]
    loud_WF = np.abs(np.fft.rfft(windows_WS * np.hanning(WINDOW), axis=1))[:, 1:]
    decibel_WF = 20 * np.log10(np.maximum(loud_WF, 1e-6))
    share_FW = (decibel_WF - decibel_WF.max() + DECIBELS).T[::-1] / DECIBELS
    place_FW = np.clip(share_FW, 0, 1) * (len(COLOURS) - 1) * (loud_WF.max() > 0)
    low_FW = np.minimum(place_FW.astype(int), len(COLOURS) - 2)
    part_FW1 = (place_FW - low_FW)[..., None]
    mixed = (1 - part_FW1) * COLOURS[low_FW] + part_FW1 * COLOURS[low_FW + 1]
    return np.asarray(mixed.round(), dtype=np.uint8)


def as_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Encode it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).quantize(64).save(buffer, "PNG")
    return buffer.getvalue()
