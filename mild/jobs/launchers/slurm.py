"""Workers through Slurm's queue, by `submitit`: each run is a job of its own, many are an array.

What is asked of Slurm are settings of the run (`launch`), so that a run that is repeated asks for
the same. What clusters have beyond them goes into `MILD_SLURM`, as in `account=lab,qos=long`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Collection, Sequence
from typing import Any

from mild.config import RunConfig
from mild.errors import RunError
from mild.installation import IS_CLONE, TOP_LEVEL
from mild.jobs.launchers.slurm_job import WorkerJob
from mild.store.database import host
from mild.store.folder import RunFolder
from mild.store.job import Job, write_job
from mild.store.run import Run

FILES = ".slurm"
"""The folder of the jobs' files and output, in the runs folder: the cluster must see it."""
WARNING_SECONDS = 120
"""How long before its end a job is told of it."""
MOST_REQUEUES = 1000
ASK_SECONDS = 15.0
"""How often Slurm is asked for its queue, at most."""

_asked: tuple[float, dict[str, str]] = (float("-inf"), {})


class Slurm:
    """The launcher of a cluster."""

    name = "slurm"

    def submit(self, folders: Sequence[RunFolder]) -> None:
        """Submit runs; those that ask for the same resources are one array."""
        alike: dict[tuple[tuple[str, Any], ...], list[RunFolder]] = {}
        for folder in folders:
            asked = tuple(sorted(parameters(Run(folder).config()).items()))
            alike.setdefault(asked, []).append(folder)
        for asked, group in alike.items():
            executor = _executor(group[0], dict(asked))
            submit_with(executor, group)

    def cancel(self, job: Job) -> None:
        """End a job by SIGTERM, of which its worker makes an end at its next batch."""
        _call("scancel", "--signal=TERM", job.id)  # one that waits is not reached by a signal
        if self.states([job]).get(job.id) != "runs":
            _call("scancel", job.id)

    def states(self, jobs: Collection[Job]) -> dict[str, str]:
        """Read Slurm's queue; a job that is no longer in it is gone."""
        global _asked
        ids = {job.id for job in jobs}
        when, found = _asked
        if time.monotonic() - when > ASK_SECONDS or not ids <= found.keys():
            queue = _call("squeue", "--noheader", "--array", f"--user={host.os_user()}",
                          "--format=%i %T")  # fmt: skip
            lines = (line.split() for line in queue.splitlines())
            found = {line[0]: line[1] for line in lines if len(line) == 2}
            found = {job: "runs" if state != "PENDING" else "waits" for job, state in found.items()}
            found |= dict.fromkeys(ids - found.keys(), "gone")
            _asked = time.monotonic(), found
        return {job: found[job] for job in ids}


def submit_with(executor: Any, folders: Sequence[RunFolder]) -> None:
    """Submit runs by an executor of submitit, and write down as which jobs."""
    try:
        with executor.batch():
            submitted = [executor.submit(WorkerJob(str(folder.path))) for folder in folders]
    except Exception as error:  # whatever sbatch and submitit say, each with errors of its own
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise RunError(f"Slurm did not take the run ({reason[:300]}).") from error
    for folder, job in zip(folders, submitted, strict=True):
        write_job(folder, Job(launcher="slurm", id=str(job.job_id)))


def parameters(config: RunConfig) -> dict[str, Any]:
    """Return what is asked of Slurm for a run, in submitit's names."""
    asked = config.launch
    gpus = asked.gpus
    if gpus is None:
        gpus = 0 if config.device == "cpu" else config.devices
    wanted: dict[str, Any] = {
        "timeout_min": asked.minutes,
        "slurm_partition": asked.partition,
        "gpus_per_node": gpus or None,
        "cpus_per_task": asked.cpus,
        "mem_gb": asked.memory_gb,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _executor(folder: RunFolder, asked: dict[str, Any]) -> Any:
    try:
        import submitit
    except ModuleNotFoundError:
        raise RunError(
            "Slurm is used through submitit, which is not installed; "
            "run: pip install 'mild[slurm]'."
        ) from None
    if shutil.which("srun") is None or shutil.which("sbatch") is None:
        raise RunError(
            "sbatch and srun are not on this machine; start the run on a login node of the "
            "cluster, or ask for --launcher local."
        )
    executor = submitit.AutoExecutor(
        folder.path.parent / FILES / "%j", cluster="slurm", slurm_max_num_timeout=MOST_REQUEUES
    )
    executor.update_parameters(
        **asked,
        name="mild",
        nodes=1,
        tasks_per_node=1,
        slurm_signal_delay_s=WARNING_SECONDS,
        slurm_setup=_setup(),
        slurm_additional_parameters=_of_this_cluster(),
    )
    return executor


def _setup() -> list[str]:
    """Return the lines of the job's script that let it find us."""
    if not IS_CLONE:
        return []
    return [f"export PYTHONPATH={shlex.quote(str(TOP_LEVEL))}:${{PYTHONPATH:-}}"]


def _of_this_cluster() -> dict[str, str]:
    pairs = (part.partition("=") for part in os.environ.get("MILD_SLURM", "").split(",") if part)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _call(program: str, *words: str) -> str:
    try:
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RunError(f"{program} cannot be asked from here ({error}).") from error
    return done.stdout
