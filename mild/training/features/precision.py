"""Whether bfloat16 pays here, found out by half a second of trying."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from mild.training.features.extractor import Extractor

TRIAL_SECONDS = 0.25
"""For each of the two."""
TRIAL_IMAGES = 8
WORTH = 1.1
"""Times as fast it must be: a trial on a busy machine is no exact measurement."""


def choose_precision(
    extractor: Extractor, image_size: tuple[int, int], device: torch.device
) -> tuple[bool, str]:
    """Whether features are computed in bfloat16, and why."""
    if device.type == "cuda":
        return True, "bfloat16, which the GPU is made for"
    if device.type != "cpu":
        return False, "float32, as nothing else was measured on this device"
    pixels = torch.zeros((TRIAL_IMAGES, *image_size, 3), dtype=torch.uint8)
    plain = _images_per_second(lambda: extractor.features(pixels, bf16=False))
    short = _images_per_second(lambda: extractor.features(pixels, bf16=True))
    ratio = f"in bfloat16 this processor is {short / plain:.2g} times as fast"
    if short > WORTH * plain:
        return True, f"bfloat16: {ratio}"
    return False, f"float32: {ratio}"


def _images_per_second(compute: Callable[[], object]) -> float:
    compute()  # the first time lays things out
    began, n = time.perf_counter(), 0
    while (seconds := time.perf_counter() - began) < TRIAL_SECONDS or n == 0:
        compute()
        n += TRIAL_IMAGES
    return n / max(seconds, 1e-9) if seconds else float(n)
