"""Torture: tries, one after another, each with a seed of its own that repeats it."""

from __future__ import annotations

import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.torture.arena import Arena, Broken
from benchmarks.torture.clock import WHAT
from benchmarks.torture.faults import FAULTS
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.ground import Ground
from benchmarks.torture.kinds import KINDS
from benchmarks.torture.patience import PLACE
from benchmarks.torture.scene import Scene
from mild.errors import MildError


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """What one try came to."""

    scenario: str
    seed: int
    """`--only SCENARIO --seed SEED --kills 1` repeats it."""
    kind: str
    survived: bool
    story: str
    """What was done when, and what was wrong, in words."""
    seconds: float


def run(
    n: int, seed: int, only: str | None = None, say: Callable[[Try], None] = lambda _: None
) -> dict[str, Any]:
    """Try `n` times; the scenarios take turns, in an order drawn from the seed."""
    tries = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # clears up, as Ctrl-C does
    with tempfile.TemporaryDirectory(prefix=PLACE) as folder:
        arena = Arena.in_folder(Path(folder))
        for number, fault in enumerate(_turns(n, seed, only)):
            tries.append(_try(arena, fault, seed + number))
            say(tries[-1])
    survived = sum(item.survived for item in tries)
    return {
        "survived": survived,
        "tried": len(tries),
        "seed": seed,
        "mounts": arena.may_mount,
        "clock": WHAT,
        "seconds": sum(item.seconds for item in tries),
        "tries": [asdict(item) for item in tries],
    }


def _turns(n: int, seed: int, only: str | None) -> list[Fault]:
    """Each scenario as often as every other, give or take one."""
    if only is not None:
        return [FAULTS[only]] * n
    rng, turns = random.Random(seed), list[Fault]()
    while len(turns) < n:
        every = list(FAULTS.values())
        rng.shuffle(every)
        turns += every
    return turns[:n]


def _try(arena: Arena, fault: Fault, seed: int) -> Try:
    rng, began = random.Random(f"{fault.name} {seed}"), time.monotonic()
    place = arena.grounds / f"{fault.name}-{seed}"
    notes = arena.folder / "notes" / place.name
    notes.mkdir(parents=True)
    kind = rng.choice(list(KINDS.values()))
    ground = Ground(place, arena.may_mount)
    scene = Scene(arena, ground, rng, seed, kind, notes)
    survived, clock = False, ExitStack()
    try:
        if fault.by_clock:
            arena.wanted(kind)
            clock.enter_context(arena.clock.worn())
        if said := fault.prepare(ground, arena.folder / "behind" / place.name):
            scene.say(said)
        if fault.trains:
            arena.wanted(kind)
            scene.start()
        fault.act(scene)
        if fault.trains:
            scene.end()
        survived = True
    except (Broken, MildError) as error:
        scene.say(f"BROKEN: {error}")
    except Exception:
        scene.say(f"BROKEN: {traceback.format_exc()}")
    finally:
        clock.close()
        scene.clear()
        ground.remove()
        shutil.rmtree(notes, ignore_errors=True)
    return Try(
        scenario=fault.name, seed=seed, kind=kind.name if fault.trains else "",
        survived=survived, story="; ".join(scene.said), seconds=time.monotonic() - began,
    )  # fmt: skip
