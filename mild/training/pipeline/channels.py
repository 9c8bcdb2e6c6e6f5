"""Mean and standard deviation of each channel over many images, counted chunk by chunk.

Counts are whole numbers, so they come to the same however the images are divided into chunks.
Axes: N images, C channels, V values 0 to 255.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

N_VALUES = 256
SMALLEST_VARIANCE = 1e-6
"""A constant channel is not divided by nothing."""


def channel_counts(images_NHWC: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Count how often each channel has each value, shape (3, 256)."""
    return np.stack(
        [np.bincount(images_NHWC[..., c].ravel(), minlength=N_VALUES) for c in range(3)]
    )


def mean_and_std(
    counts_CV: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and standard deviation of each channel, shape (3,), in units of 255."""
    values = np.arange(N_VALUES) / 255
    share_CV = counts_CV / max(1, counts_CV[0].sum())
    mean_C = share_CV @ values
    std_C = np.sqrt(np.maximum(share_CV @ values**2 - mean_C**2, SMALLEST_VARIANCE))
    return mean_C, std_C
