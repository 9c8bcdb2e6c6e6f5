"""Runs as processes: start, stop, resume, branch; sweeps of many."""

from mild.jobs.workers import (
    DOUBLE_CLICK_SECONDS,
    GOING_SECONDS,
    TORCHRUN_SECONDS,
    branch,
    command,
    create,
    launch,
    resume,
    start,
    stop,
)

__all__ = [
    "DOUBLE_CLICK_SECONDS",
    "GOING_SECONDS",
    "TORCHRUN_SECONDS",
    "branch",
    "command",
    "create",
    "launch",
    "resume",
    "start",
    "stop",
]
