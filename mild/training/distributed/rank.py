"""Which of the processes of a run this is, as torchrun tells it; does not import torch."""

from __future__ import annotations

import os
from dataclasses import dataclass

from mild.errors import RunError


@dataclass(frozen=True, kw_only=True, slots=True)
class RankInfo:
    """One process among those of a run."""

    rank: int = 0
    """Counted from 0; process 0 decides and writes."""
    world_size: int = 1
    local_rank: int = 0
    """Among those on this machine; also the number of its GPU."""
    local_world_size: int = 1


def rank_from_environment() -> RankInfo:
    """Read where torchrun has put this process; the only one where it was not asked."""
    names = {"rank": "RANK", "world_size": "WORLD_SIZE", "local_rank": "LOCAL_RANK"}
    names["local_world_size"] = "LOCAL_WORLD_SIZE"
    return RankInfo(
        **{key: int(os.environ[name]) for key, name in names.items() if name in os.environ}
    )


def check(found: RankInfo, n_asked: int, run_id: str) -> None:
    """Check that there are as many processes as the run asks for.

    Raises
    ------
    RunError
        If not.
    """
    if found.world_size == n_asked:
        return
    raise RunError(
        f"run {run_id} asks for {n_asked} devices, but {found.world_size} "
        f"{'processes were' if found.world_size > 1 else 'process was'} started; "
        "start one for each device: "
        f"python -m mild.training.distributed.launch {n_asked} {run_id}"
    )
