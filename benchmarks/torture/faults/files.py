"""Faults of files: somebody tidies up under a running worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.scene import Scene

MADE_ANEW = (
    "run.lock", "run.db", "run.db-wal", "progress.json", "worker.log", "checkpoint/state.pt",
    "rounds/*/status.npy", "rounds/*/predictions.npy", "rounds/*/losses.npy",
    "rounds/*/margins.npy", "rounds/*/held_out_predictions.npy", "rounds/*/current.npy",
)  # fmt: skip
"""What a worker at work has in hand, and puts back; of a round's rows, those of the one under way.
All else was written once: it is gone when it is removed."""


def _remove(scene: Scene) -> None:
    scene.moment(begun=True)
    victim = _choose(scene, [path for name in MADE_ANEW for path in _newest(scene, name)])
    if victim is not None:
        victim.unlink(missing_ok=True)
        time.sleep(scene.rng.uniform(0, 2))


def _rename(scene: Scene) -> None:
    scene.moment(begun=True)
    files = [path for path in scene.run.folder.path.rglob("[!.]*") if path.is_file()]
    victim = _choose(scene, files)
    if victim is None:
        return
    aside = victim.with_name(f"{victim.name}.aside")
    try:
        victim.rename(aside)
    except FileNotFoundError:  # it was there for a moment only
        return
    time.sleep(scene.rng.uniform(0.2, 3))
    if victim.exists():  # the worker has put it back
        aside.unlink()
    else:
        aside.rename(victim)


def _rename_run(scene: Scene) -> None:
    scene.moment(begun=True)
    with moved(scene):
        time.sleep(scene.rng.uniform(0.2, 3))


@contextmanager
def moved(scene: Scene) -> Iterator[None]:
    """The run's folder has another name meanwhile."""
    path = scene.run.folder.path
    aside = path.with_name(f"{path.name[:-1]}x")
    path.rename(aside)
    yield
    if path.exists():
        raise AssertionError(f"somebody made {path} anew")
    aside.rename(path)


def _choose(scene: Scene, files: list[Path]) -> Path | None:
    if not files or not scene.run.state().live:
        scene.say("nothing to take: the run has ended")
        return None
    victim = scene.rng.choice(sorted(files))
    scene.say(f"took {victim.relative_to(scene.run.folder.path)}")
    return victim


def _newest(scene: Scene, name: str) -> list[Path]:
    return sorted(scene.run.folder.path.glob(name))[-1:]


REMOVE_FILE = Fault(
    name="remove-file",
    what="a file that the worker has in hand is removed: run.db, the lock, rows, the checkpoint",
    act=_remove,
    order=8,
)
RENAME_FILE = Fault(
    name="rename-file",
    what="any file of the run is renamed, and renamed back a moment later",
    act=_rename,
    order=9,
)
RENAME_RUN = Fault(
    name="rename-run",
    what="the run's folder is renamed, and renamed back a moment later",
    act=_rename_run,
    order=10,
)
