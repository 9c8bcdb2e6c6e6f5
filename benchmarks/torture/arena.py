"""What all tries share: images, reference runs that nobody disturbed, and how to find processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.torture.clock import Clock
from benchmarks.torture.committed import outcome
from benchmarks.torture.ground import own_mounts
from benchmarks.torture.kinds import KINDS, Kind, write_images
from benchmarks.torture.patience import Patience
from mild import jobs
from mild.store.run import Run

TRAIN_SECONDS = 180.0
"""No run of ours takes longer, whatever else the machine does."""
_WORKER, _LINE = "mild.training.worker", "mild.jobs.launchers.line"


class Broken(Exception):  # noqa: N818 - what a try found, not an error of this program
    """Something that is promised did not hold."""


@dataclass(slots=True)
class Arena:
    """A folder for everything, gone at the end."""

    folder: Path
    may_mount: bool
    data: Path
    clock: Clock
    _references: dict[str, Run] = field(default_factory=dict)
    _outcomes: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def in_folder(cls, folder: Path) -> Arena:
        """Images are written at once, references when they are asked for."""
        images = write_images(folder / "images.npz")
        return cls(folder, own_mounts(), images, Clock(folder))

    @property
    def grounds(self) -> Path:
        """Where tries have their runs folders."""
        return self.folder / "grounds"

    def reference(self, kind: Kind) -> Run:
        """A run of this kind that nobody disturbed."""
        if kind.name not in self._references:
            root = self.folder / "references"
            run = jobs.start(kind.reference(self.data), root=root)
            wait(lambda: not run.state().live, TRAIN_SECONDS, "the reference run does not end")
            wait(lambda: not workers_of(run), 30, "the reference's worker does not end")
            if run.state().state != "done":
                raise Broken(f"the reference run is {run.state().state}: {run.state().sentence}")
            self._references[kind.name] = run
        return self._references[kind.name]

    def wanted(self, kind: Kind) -> dict[str, str]:
        """What a run of this kind must come to."""
        if kind.name not in self._outcomes:
            self._outcomes[kind.name] = outcome(self.reference(kind))
        return self._outcomes[kind.name]

    def finished_copies(self, root: Path, n: int) -> list[Run]:
        """Copies of a finished run, each under an id of its own."""
        source = self.reference(KINDS["several rounds"])
        copies = [root / f"{source.run_id[:-4]}c{number:03d}" for number in range(n)]
        for path in copies:
            shutil.copytree(source.folder.path, path)
        return [Run(type(source.folder)(path)) for path in copies]


def wait(until: Callable[[], object], seconds: float, or_else: str) -> None:
    """Wait for something that must come; `seconds` are those of `Patience`.

    Raises
    ------
    Broken
        If it does not come in time.
    """
    patience = Patience(seconds)
    while not until():
        if patience.gone():
            raise Broken(or_else)
        time.sleep(0.05)


def workers_of(run: Run) -> list[int]:
    """Processes that work on a run, also before they hold its lock."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if _WORKER in words and str(run.folder.path) in words:
            found.append(process.pid)
    return found


def is_awake(pid: int | None) -> bool:
    """Whether a process is there and runs: neither stopped nor dead."""
    if not pid:
        return False
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_STOPPED)
    return False


def send(pids: list[int], what: signal.Signals) -> None:
    """A signal to processes of ours; one that has just ended is passed over."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
