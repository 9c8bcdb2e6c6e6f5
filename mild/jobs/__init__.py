"""Runs as processes: start, stop, resume, branch; sweeps of many."""

from mild.jobs.launchers.local import SEVERAL_SECONDS, command
from mild.jobs.queues import look_after
from mild.jobs.stopping import stop
from mild.jobs.workers import (
    DOUBLE_CLICK_SECONDS,
    GOING_SECONDS,
    branch,
    create,
    launch,
    launch_all,
    resume,
    start,
)

__all__ = [
    "DOUBLE_CLICK_SECONDS",
    "GOING_SECONDS",
    "SEVERAL_SECONDS",
    "branch",
    "command",
    "create",
    "launch",
    "launch_all",
    "look_after",
    "resume",
    "start",
    "stop",
]
