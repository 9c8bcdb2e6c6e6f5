"""Two faults at once: the ground is bad, and the worker is killed while somebody resumes it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.torture.arena import is_awake, send
from benchmarks.torture.faults import disks, files
from benchmarks.torture.faults.fault import Fault, Place
from benchmarks.torture.scene import TOP_LEVEL, Scene
from mild import jobs
from mild.errors import MildError

Bad = Callable[[Scene], AbstractContextManager[None]]
DEEDS = ("killed", "asked to end", "let be")


def _while(name: str, bad: Bad, words: str, order: int, place: Place = "folder") -> Fault:
    def act(scene: Scene) -> None:
        scene.moment(begun=True)
        with bad(scene):
            _hurt(scene)
            with contextlib.suppress(MildError):  # a sentence: it cannot be resumed just now
                if scene.run.state().resumable:
                    jobs.resume(scene.run)
                    scene.say("resumed under it")
            time.sleep(scene.rng.uniform(0, 2))

    return Fault(name=name, what=words, act=act, place=place, order=order)


def _hurt(scene: Scene) -> None:
    time.sleep(scene.rng.uniform(0, 1))
    deed, pids = scene.rng.choice(DEEDS), scene.workers()
    scene.say(deed)
    if deed == "killed":
        scene.kill_workers()
    elif deed == "asked to end":
        send(pids, signal.SIGTERM)
    deadline = time.monotonic() + scene.rng.uniform(0.5, 6)
    while any(map(is_awake, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)


def _kill_resume(scene: Scene) -> None:
    """Whoever types `mild resume` is killed, three times; what it started may live or not."""
    scene.moment()
    scene.kill_workers()
    scene.truth()
    for _ in range(3):
        words = [sys.executable, "-m", "mild", "resume", scene.run.run_id]
        environment = os.environ | {"MILD_RUNS_DIR": str(scene.ground.runs)}
        quiet = subprocess.DEVNULL
        typed = subprocess.Popen(words, cwd=TOP_LEVEL, env=environment, stdout=quiet, stderr=quiet)
        with contextlib.suppress(subprocess.TimeoutExpired):
            typed.wait(scene.rng.uniform(0.3, 4))
        typed.kill()
        typed.wait()
        if scene.rng.random() < 0.5:
            scene.kill_workers()


FULL = _while(
    "full-and-kill",
    disks.full,
    "the disk is full, and the worker is killed or resumed",
    21,
    "small",
)
AWAY = _while(
    "away-and-kill", disks.away, "the drive is gone, and the worker is killed", 22, "remote"
)
READ_ONLY = _while(
    "read-only-and-kill", disks.read_only, "nobody may write, and the worker is killed", 23
)
MOVED = _while("moved-and-kill", files.moved, "the folder is renamed, and the worker is killed", 24)
KILL_RESUME = Fault(
    name="kill-resume", what="whoever resumes a killed run is killed", act=_kill_resume, order=25
)
