"""Is there room on the disk for what a run writes at the least?"""

from __future__ import annotations

from pathlib import Path

from mild.config import RunConfig
from mild.config.folders import free_bytes
from mild.config.networks import NETWORKS
from mild.data.images.thumbnails import thumbnail_side
from mild.data.preview import Preview

RECORDED_BYTES = 1 / 8 + 1 + 2 + 2
"""Of an instance and epoch: a bit of status, and prediction, loss and margin."""
INSTANCE_BYTES = 40
"""Of an instance and round: its index, its scores and its part of the selection."""
MEGABYTE = 10**6


def problems(config: RunConfig, images: Preview | None, root: Path) -> list[str]:
    """Write one sentence where the disk of the runs folder is too full."""
    needed = least_bytes(config, 0 if images is None else images.n_images)
    try:
        free = free_bytes(root)
    except OSError:
        return []  # making the run says what is wrong with the folder
    if free >= needed:
        return []
    return [
        f"runs folder {root}: the run takes at least {needed / MEGABYTE:,.0f} "
        f"MB, and {free / MEGABYTE:,.0f} MB are free there; make room, or set MILD_RUNS_DIR "
        "to a folder on another disk."
    ]


def least_bytes(config: RunConfig, n: int) -> int:
    """Estimate what a run writes even if its first round is the last: less than that is too little.

    The checkpoint holds each parameter and its momentum, 4 bytes each, and is replaced whole, so
    for a moment there are two of them.
    """
    recorded = n * (config.rounds[0].epochs * RECORDED_BYTES + INSTANCE_BYTES)
    whole = config.model in NETWORKS and not config.freeze  # of a frozen one the head is kept
    n_parameters = NETWORKS[config.model].n_parameters if whole else 0
    return round(recorded + 2 * 2 * 4 * n_parameters)


def usual_bytes(config: RunConfig, n: int, side: int) -> int:
    """Estimate what a whole run takes, of `n` images whose originals have `side` pixels at most.

    As above, for all rounds; with thumbnails, which are seldom smaller as files than as pixels, and
    a network for each round that is kept.
    """
    epochs = sum(item.epochs for item in config.rounds)
    recorded = n * (epochs * RECORDED_BYTES + len(config.rounds) * INSTANCE_BYTES)
    pictures = 3 * n * thumbnail_side(n, side) ** 2
    n_parameters = NETWORKS[config.model].n_parameters if config.model in NETWORKS else 0
    n_networks = 2 + (len(config.rounds) if config.keep_round_networks else 0)
    return round(recorded + pictures + 4 * n_networks * n_parameters)
