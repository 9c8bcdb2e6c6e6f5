"""Where workers come from: this machine, or the queue of a cluster."""

from __future__ import annotations

import os

from mild.config import RunConfig
from mild.errors import RunError
from mild.jobs.launchers.launcher import Launcher
from mild.jobs.launchers.local import Local
from mild.jobs.launchers.slurm import Slurm

LAUNCHERS: dict[str, Launcher] = {item.name: item for item in (Local(), Slurm())}


def launcher_of(config: RunConfig) -> Launcher:
    """Return the launcher that a run asks for, else that of `MILD_LAUNCHER`, else local.

    Raises
    ------
    RunError
        If there is no launcher of that name.
    """
    asked = config.launch.launcher
    name = os.environ.get("MILD_LAUNCHER") or "local" if asked == "auto" else asked
    if name not in LAUNCHERS:
        known = ", ".join(LAUNCHERS)
        raise RunError(f"MILD_LAUNCHER is {name[:60]!r}: known launchers are {known}.")
    return LAUNCHERS[name]
