"""A fault of the clock: it is set back."""

from __future__ import annotations

import time

from benchmarks.torture.clock import WHAT
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.scene import Scene

BACK_SECONDS = (90, 3600, 3 * 86400)


def _set_back(scene: Scene) -> None:
    clock = scene.arena.clock
    scene.say(WHAT)
    scene.moment()
    clock.set(-scene.rng.choice(BACK_SECONDS))
    scene.say(f"{-clock.seconds:.0f} s back")
    time.sleep(scene.rng.uniform(0, 1))
    if scene.rng.random() < 0.6:
        scene.kill_workers()
        scene.say("killed")
        scene.resume()


SET_BACK = Fault(
    name="clock-back",
    what="the clock is set back by minutes, an hour or days, and the worker is killed as well",
    act=_set_back,
    by_clock=True,
    order=14,
)
