"""Faults of disks: full, read-only, gone."""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.torture.arena import Broken
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.scene import Scene
from mild import jobs
from mild.errors import MildError

CHUNK = b"\0" * 65536


@contextmanager
def full(scene: Scene) -> Iterator[None]:
    """There is no room meanwhile; as root on a file system of its own."""
    if not scene.ground.may_mount:
        scene.say("RLIMIT_FSIZE in place of a small file system")
        for pid in scene.workers():  # no file may grow beyond a few kilobytes
            with contextlib.suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, 4096))
        yield
        return
    ballast = scene.ground.path / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(CHUNK)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def read_only(scene: Scene) -> Iterator[None]:
    """Nobody may write meanwhile."""
    if scene.ground.may_mount:
        scene.ground.make_read_only()
    else:
        scene.say("chmod in place of a read-only mount")
        scene.run.folder.path.chmod(0o555)
    try:
        yield
    finally:
        if scene.ground.may_mount:
            scene.ground.take_cover_off()
        else:
            scene.run.folder.path.chmod(0o755)


@contextmanager
def away(scene: Scene) -> Iterator[None]:
    """The drive is gone meanwhile."""
    scene.ground.pull_away()
    yield
    scene.ground.bring_back()


def _fill(scene: Scene) -> None:
    scene.moment()
    with full(scene):
        _suffer(scene)


def _read_only(scene: Scene) -> None:
    scene.moment()
    with read_only(scene):
        _nothing_is_made(scene)
        _suffer(scene)


def _pull_away(scene: Scene) -> None:
    scene.moment()
    with away(scene):
        _suffer(scene)


def _nothing_is_made(scene: Scene) -> None:
    try:
        jobs.create(scene.run.config(), root=scene.ground.runs)
    except MildError:
        return
    if scene.ground.may_mount:
        raise Broken("a run was made in a folder that is read-only")


def _suffer(scene: Scene) -> None:
    """Let everybody meet it."""
    deadline = time.monotonic() + scene.rng.uniform(0.5, 4)
    while scene.workers() and time.monotonic() < deadline:
        time.sleep(0.3)


FILL_DISK = Fault(
    name="fill-disk", what="the disk is full for a while", act=_fill, place="small", order=11
)
READ_ONLY = Fault(
    name="read-only", what="the runs folder is read-only for a while", act=_read_only, order=12
)
PULL_NETWORK = Fault(
    name="pull-network",
    what="the file system with the runs goes away, and comes back",
    act=_pull_away,
    place="remote",
    order=13,
)
