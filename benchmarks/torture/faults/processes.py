"""Faults of processes: killed, asked to end, stopped for a while."""

from __future__ import annotations

import signal
import time

from benchmarks.torture.arena import Broken, is_awake, send, wait
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.scene import Scene
from mild import jobs
from mild.errors import RunError


def _kill(scene: Scene) -> None:
    scene.moment()
    scene.kill_workers()
    if scene.rng.random() < 0.3:
        scene.decide_anew()
    scene.truth()


def _kill_again_and_again(scene: Scene) -> None:
    for number in range(3):
        if number:
            scene.resume()
        _kill(scene)


def _ask_to_end(scene: Scene) -> None:
    scene.moment()
    pids = scene.workers()
    send(pids, signal.SIGTERM)
    wait(lambda: not any(map(is_awake, pids)), 30, "the worker does not end when it is asked to")
    scene.truth()


def _freeze(scene: Scene) -> None:
    from mild.store.state import SILENT_SECONDS

    scene.moment(begun=True)
    pids = scene.workers()
    send(pids, signal.SIGSTOP)
    try:
        if scene.run.state().live:
            wait(
                lambda: scene.run.state().state in ("stalled", "done"),
                SILENT_SECONDS + 15,
                f"a worker is stopped, and the run still says {scene.run.state().state!r}",
            )
            _nobody_else_may_begin(scene)
    finally:
        send(pids, signal.SIGCONT)
    if pids:
        time.sleep(0.5)


def _nobody_else_may_begin(scene: Scene) -> None:
    if scene.run.state().state == "done":
        return
    try:
        jobs.resume(scene.run)
    except RunError:
        return
    raise Broken("a second worker was let in while the first one was stopped")


KILL_WORKER = Fault(name="kill-worker", what="the worker is killed (SIGKILL)", act=_kill, order=1)
KILL_AGAIN = Fault(
    name="kill-again",
    what="the worker is killed, and so are the two that go on with its run",
    act=_kill_again_and_again,
    order=2,
)
STOP_WORKER = Fault(
    name="stop-worker", what="the worker is asked to end (SIGTERM)", act=_ask_to_end, order=3
)
FREEZE_WORKER = Fault(
    name="freeze-worker",
    what="the worker is stopped (SIGSTOP) for longer than its heartbeat, then let go on",
    act=_freeze,
    order=4,
)
