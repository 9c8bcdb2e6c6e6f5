"""Start a run as a person starts one, and follow it to its end."""

from __future__ import annotations

from pathlib import Path

from mild import jobs
from mild.cli.follow import follow
from mild.config import RunConfig
from mild.errors import RunError
from mild.store.run import Run


def finished_run(config: RunConfig, root: Path) -> Run:
    """Make a run in the folder `root` and return it when it is done.

    Raises
    ------
    RunError
        If it does not come to its end.
    """
    started = jobs.start(config, root=root)
    state = follow(started)
    if state.state != "done":
        raise RunError(f"run {started.run_id} is {state.state}: {state.sentence}")
    return started
