"""Torture: tries, one after another, each with a seed of its own that repeats it."""

from __future__ import annotations

import multiprocessing
import os
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
    mounts: bool
    """Whether it had file systems of its own."""


def run(
    n: int,
    seed: int,
    only: str | None = None,
    say: Callable[[Try], None] = lambda _: None,
    at_once: int = 1,
) -> dict[str, Any]:
    """Try `n` times; the scenarios take turns, in an order drawn from the seed.

    Of the tries `at_once` go on at the same time, each process with a ground of its own.
    """
    tries = list[Try]()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # clears up, as Ctrl-C does
    turns = [(fault.name, seed + number) for number, fault in enumerate(_turns(n, seed, only))]
    with tempfile.TemporaryDirectory(prefix=PLACE) as folder:
        processes = multiprocessing.get_context("spawn")
        with processes.Pool(at_once, initializer=_begin, initargs=(folder,)) as pool:
            for done in pool.imap_unordered(_turn, turns):
                tries.append(done)
                say(done)
            pool.close()
            pool.join()  # each ends by itself, with nothing to say
    survived = sum(item.survived for item in tries)
    return {
        "survived": survived,
        "tried": len(tries),
        "seed": seed,
        "mounts": all(item.mounts for item in tries),
        "clock": WHAT,
        "seconds": sum(item.seconds for item in tries),
        "tries": [asdict(item) for item in sorted(tries, key=lambda item: item.seed)],
    }


_arenas: list[Arena] = []
"""Of this process, one."""


def _begin(folder: str) -> None:
    """Make the arena of one of the processes that try."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it all is asked, and asks us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    place = Path(folder) / f"{os.getpid()}"
    place.mkdir()
    _arenas.append(Arena.in_folder(place))


def _turn(turn: tuple[str, int]) -> Try:
    name, seed = turn
    return _try(_arenas[0], FAULTS[name], seed)


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
        mounts=arena.may_mount,
    )  # fmt: skip
