"""A Slurm of one machine, for tests: sbatch, squeue, scancel, scontrol requeue and srun.

Its state is a folder (`FAKE_SLURM`), with a file for each job and for each of an array. It starts
at most `slots` jobs at a time (a file in that folder), each with the batch script that sbatch was
given. A job that is requeued has its number and its script again, as in Slurm.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("FAKE_SLURM", "."))


@contextmanager
def _locked() -> Iterator[None]:
    with (ROOT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _jobs() -> list[dict[str, Any]]:
    found = [json.loads(path.read_text()) for path in ROOT.glob("job-*.json")]
    return sorted(found, key=lambda job: job["order"])


def _save(job: dict[str, Any]) -> None:
    path = ROOT / f"job-{job['id']}.json"
    path.with_suffix(".tmp").write_text(json.dumps(job))
    path.with_suffix(".tmp").replace(path)


def _find(wanted: str) -> list[dict[str, Any]]:
    return [job for job in _jobs() if job["id"] == wanted or job["array"] == wanted]


def sbatch(words: list[str]) -> int:
    text = Path(words[-1]).read_text()
    options = dict(re.findall(r"^#SBATCH --([a-z-]+)=(\S+)$", text, flags=re.MULTILINE))
    with _locked():
        number = len(_jobs()) + 1001
        last = re.match(r"0-(\d+)", options.get("array", ""))
        tasks = range(int(last.group(1)) + 1) if last else [None]
        for task in tasks:
            _save(
                {
                    "id": str(number) if task is None else f"{number}_{task}",
                    "array": None if task is None else str(number), "task": task,
                    "order": number + (task or 0) / 10_000, "state": "PENDING", "script": text,
                    "options": options, "folder": str(Path.cwd()), "starts": 0,
                }
            )  # fmt: skip
    _advance()
    print(f"Submitted batch job {number}")
    return 0


def _advance() -> None:
    """Start what has a slot."""
    with _locked():
        slots = int((ROOT / "slots").read_text())
        running = sum(job["state"] == "RUNNING" for job in _jobs())
        for job in _jobs():
            if job["state"] == "PENDING" and running < slots:
                running += 1
                job |= {"state": "RUNNING", "starts": job["starts"] + 1}
                _save(job)
                subprocess.Popen(
                    [sys.executable, __file__, "node", job["id"]],
                    start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=(ROOT / "errors").open("a"),
                )  # fmt: skip


def node(words: list[str]) -> int:
    """The machine a job is on, for as long as it is."""
    (job,) = _find(words[0])
    number = job["array"] or job["id"]
    environment = dict(os.environ) | {
        "SLURM_JOB_ID": number, "SLURM_NTASKS": "1", "SLURM_JOB_NUM_NODES": "1",
        "SLURM_NODEID": "0", "SLURM_PROCID": "0", "SLURM_LOCALID": "0", "FAKE_JOB": job["id"],
        "SLURM_RESTART_COUNT": str(job["starts"] - 1),
    }  # fmt: skip
    if job["task"] is not None:
        environment |= {
            "SLURM_ARRAY_JOB_ID": number, "SLURM_ARRAY_TASK_ID": str(job["task"]),
        }  # fmt: skip
    script = ROOT / f"script-{job['id']}.sh"
    script.write_text(job["script"])
    process = subprocess.Popen(
        ["bash", str(script)], env=environment, cwd=job["folder"], start_new_session=True
    )
    with _locked():
        (job,) = _find(words[0])
        _save(job | {"group": process.pid})
    process.wait()
    with _locked():
        (job,) = _find(words[0])
        ended = "PENDING" if job["state"] == "REQUEUED" else "COMPLETED"
        _save(job | {"state": ended, "group": None})
    _advance()
    return 0


def srun(words: list[str]) -> int:
    """Run the task, its output where it was asked for."""
    options, start = {}, 0
    while words[start].startswith("--"):
        takes_value = words[start] in ("--output", "--error")
        if takes_value:
            options[words[start][2:]] = words[start + 1]
        start += 1 + takes_value
    where = {"%A": os.environ["SLURM_JOB_ID"], "%j": os.environ["SLURM_JOB_ID"], "%t": "0",
             "%a": os.environ.get("SLURM_ARRAY_TASK_ID", "")}  # fmt: skip
    name = options.get("output", str(ROOT / "output"))
    for mark, value in where.items():
        name = name.replace(mark, value)
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the task alone hears it
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    with Path(name).open("ab") as output:
        return subprocess.call(
            words[start:], stdout=output, stderr=output, restore_signals=True,
            preexec_fn=_hear,
        )  # fmt: skip


def _hear() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGUSR2, signal.SIG_DFL)


def squeue(words: list[str]) -> int:
    for job in _jobs():
        if job["state"] in ("PENDING", "RUNNING"):
            print(job["id"], job["state"])
    return 0


def scancel(words: list[str]) -> int:
    named = [word.split("=")[1] for word in words if word.startswith("--signal=")]
    for job in _find(words[-1]):
        if named and job["state"] == "RUNNING":
            _signal(job, getattr(signal, f"SIG{named[0]}"))
        elif not named:
            with _locked():
                job = json.loads((ROOT / f"job-{job['id']}.json").read_text())
                if job["state"] == "PENDING":
                    _save(job | {"state": "CANCELLED"})
            if job["state"] == "RUNNING":
                _signal(job, signal.SIGTERM)
    return 0


def _signal(job: dict[str, Any], number: int) -> None:
    """To the processes of the job's steps, not to its script: as Slurm does it."""
    script = job["group"]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == script and int(path.parent.name) != script:  # its session
            os.kill(int(path.parent.name), number)


def scontrol(words: list[str]) -> int:
    assert words[0] == "requeue", words
    with _locked():
        (job,) = _find(words[1])
        _save(job | {"state": "REQUEUED"})
    return 0


if __name__ == "__main__":
    sys.exit(globals()[sys.argv[1]](sys.argv[2:]))
