"""Settings of where the worker is started."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mild.config.sections.section import Section


class LaunchConfig(Section):
    """Where the worker is started, and what is asked of a cluster for it."""

    launcher: Literal["auto", "local", "slurm"] = "auto"
    """`local` starts the worker on this machine; `slurm` hands it to a cluster's queue (needs
    submitit); `auto` goes by MILD_LAUNCHER, and is local without it."""
    partition: str | None = Field(
        default=None, min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.,+-]*$"
    )
    """For `slurm`: where in the cluster; by default where the cluster puts it. Stands in a script,
    of which a second line would be run."""
    minutes: int = Field(default=720, ge=1, le=525_600)
    """For `slurm`: the time of one job. A run that takes longer goes on in the next one."""
    gpus: int | None = Field(default=None, ge=0, le=64)
    """For `slurm`: GPUs of a job; by default as many as devices, and none for `cpu`."""
    cpus: int | None = Field(default=None, ge=1, le=1024)
    """For `slurm`: processor cores of a job; by default as many as the cluster gives."""
    memory_gb: int | None = Field(default=None, ge=1, le=65_536)
    """For `slurm`: memory of a job in GB; by default as much as the cluster gives."""
