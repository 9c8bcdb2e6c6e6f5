"""Settings left to us: the value, and the reason that people read beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mild.config import AugmentationConfig, FinalConfig
from mild.data.sources import SOURCES
from mild.training.runtime.memory import Memory
from mild.words import percent

SIDES_PER_PADDING = 8
STEPS_PER_MEMORY = 20
LONGEST_MEMORY = 1_000
"""Steps that a moving average of weights remembers: a decay of 0.999."""
ONE_THREAD_SIDE = 16
"""Up to this side, in pixels, one thread is faster than two."""
MOST_WORKERS = 16
"""Processes that decode images; more than so many compete for the disk."""


def augmentation(
    asked: AugmentationConfig, source: str, image_side: int
) -> tuple[AugmentationConfig, str]:
    """Decide how images are varied; what was left open follows from the data set."""
    padding, flip, reasons = asked.crop_padding, asked.flip, []
    if padding is None:
        padding = image_side // SIDES_PER_PADDING
        reasons.append(f"crops padded by {padding} pixels, an eighth of {image_side}")
    if flip is None:
        known = SOURCES.get(source)
        flip = known is None or not known.characters
        reasons.append("flipped" if flip else f"not flipped, because {source} holds characters")
    return AugmentationConfig(crop_padding=padding, flip=flip), "; ".join(reasons) or "as asked"


def n_threads(image_side: int, available: int) -> tuple[int, str]:
    """Choose the threads of the processor to compute with, and say why.

    On images this small two threads wait for each other longer than they work: measured on two
    cores, an epoch of the digits took 0.19 s with one thread and 0.31 s with two.
    """
    if image_side <= ONE_THREAD_SIDE:
        return 1, f"one thread: images of {image_side} pixels a side are too small to share out"
    return available, f"{available} threads, as many as there are"


def pipeline(asked: str, n_bytes: int, memories: Callable[[], Sequence[Memory]]) -> tuple[str, str]:
    """Choose `resident` or `streaming`, with the reason; each memory would hold `n_bytes` of
    pixels."""
    if asked != "auto":
        return asked, "as asked"
    for memory in memories():
        if n_bytes > memory.room:
            return "streaming", f"{_size(n_bytes)} of images are more than {_room(memory)}"
    return "resident", f"{_size(n_bytes)} of images fit the memory that is free"


def n_workers(
    asked: int | None, *, in_memory: bool, device_type: str, n_cores: int
) -> tuple[int, str]:
    """Choose how many processes decode images for one that trains, and say why."""
    if asked is not None:
        return asked, "as asked"
    if in_memory:
        return 0, "no process: the images are in memory, and need no decoding"
    if device_type == "cpu":  # the cores are for training, too
        return max(1, n_cores // 2), f"half of {n_cores} processor cores; the rest trains"
    n = min(MOST_WORKERS, max(1, n_cores - 1))
    return n, f"{n} of {n_cores} processor cores; the GPU trains"


def _room(memory: Memory) -> str:
    return f"{percent(memory.share, 0)} of the {_size(memory.n_free)} free in {memory.where}"


def _size(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:,.1f} MB"


def ema_decay(asked: FinalConfig, n_steps: int) -> tuple[float, str]:
    """Choose the decay of the moving average over a stage of so many steps, and say why.

    A memory of a twentieth of the steps forgets how training began, and still smooths its end.
    """
    if asked.ema_decay is not None:
        return asked.ema_decay, "as asked"
    if asked.kind != "mixmatch":
        return 0.0, "no moving average: the network itself predicts"
    memory = min(LONGEST_MEMORY, max(1.0, n_steps / STEPS_PER_MEMORY))
    return 1 - 1 / memory, f"remembers about {memory:,.0f} of {n_steps:,} steps"
