"""Faults of those who make, branch, delete, export and record runs: killed in the middle of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from benchmarks.torture import observer
from benchmarks.torture.arena import Broken, wait
from benchmarks.torture.committed import committed, outcome
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.kinds import KINDS
from benchmarks.torture.scene import TOP_LEVEL, Scene
from mild.store.lifecycle.create import create_run
from mild.store.lifecycle.remove import trashed
from mild.store.lock import ask
from mild.store.overview import overview
from mild.store.run import Run, all_runs
from mild.store.writing.leftovers import DELETING, MAKING

N_COPIES = 3
LONG_AGO = 2 * 86400


def _killed_while(what: str, words: str, order: int) -> Fault:
    """A fault in which somebody does `what` over and over (`benchmarks.torture.maker`)."""

    def act(scene: Scene) -> None:
        root = scene.ground.runs
        copies = scene.arena.finished_copies(root, N_COPIES)
        before = {run.run_id: outcome(run) for run in copies}
        _do_and_die(scene, what)
        _every_run_is_whole(scene, what, before)
        _leftovers_are_swept(scene, what)

    return Fault(name=f"kill-{what}", what=words, act=act, trains=False, order=order)


def _do_and_die(scene: Scene, what: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.torture.maker", what, str(scene.ground.path)],
        cwd=TOP_LEVEL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    if process.stdout.readline() != b"ready\n":
        raise Broken(f"{what}: {process.communicate()[1].decode()[-400:]}")
    time.sleep(scene.rng.uniform(0, 1.2))
    process.kill()
    said = process.communicate()[1].decode()
    if "Traceback" in said:
        raise Broken(f"{what}: {said[-400:]}")


def _every_run_is_whole(scene: Scene, what: str, before: dict[str, dict[str, str]]) -> None:
    """Each is listed once, here or in the trash, as it was; new ones can be read."""
    root = scene.ground.runs
    here, thrown = all_runs(root), trashed(root)
    ids = [run.run_id for run in (*here, *thrown)]
    if len(ids) != len(set(ids)):
        raise Broken(f"{what}: a run is in two places: {sorted(ids)}")
    for run in (*here, *thrown):
        if (line := overview(run)).state == "damaged":
            raise Broken(f"{what}: {line.sentence}")
        if run.run_id in before and outcome(run) != before[run.run_id]:
            raise Broken(f"{what}: {run.run_id} is not what it was")
    lost = before.keys() - set(ids)
    if lost and what != "empty":  # only who empties the trash loses runs
        raise Broken(f"{what}: gone: {sorted(lost)}")
    scene.say(f"{len(here)} runs whole, {len(thrown)} in the trash")


def _leftovers_are_swept(scene: Scene, what: str) -> None:
    """Whatever lies around is gone once the same is done again, an hour later."""
    root = scene.ground.runs
    for path in root.glob(f"{MAKING}*"):
        os.utime(path, (time.time() - LONG_AGO,) * 2)
    create_run(KINDS["one round"].config(scene.arena.data), root)
    left = [p.name for p in root.iterdir() if p.name.startswith((MAKING, DELETING))]
    if what == "export":
        left += _left_of_exports(scene)
    if left:
        raise Broken(f"{what}: left behind: {left}")


def _left_of_exports(scene: Scene) -> list[str]:
    """Files are whole, and exporting once more leaves nothing half made beside them."""
    folder = scene.ground.path / "out"
    for path in folder.glob(".*"):
        os.utime(path, (time.time() - LONG_AGO,) * 2)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.torture.maker", "export-once", str(scene.ground.path)],
        cwd=TOP_LEVEL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Broken(f"export after a kill: {done.stderr[-400:]}")
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def _kill_recorder(scene: Scene) -> None:
    """A loop of somebody's own, killed: readable, interrupted, and every committed epoch there."""
    notes, root = scene.notes / "observer", scene.ground.runs
    scene.start_looking()
    scene.spawn("recording", str(root))
    wait(lambda: all_runs(root), 30, "the recorder makes no run")
    run: Run = all_runs(root)[0]
    n = scene.rng.randrange(8, 40)
    wait(lambda: len(run.epochs()) >= n, 30, "the recorder commits nothing")
    time.sleep(scene.rng.uniform(0, 0.3))
    process = scene.processes.pop("recording")
    process.kill()
    process.wait()
    if ask(run.folder.lock).held != "free" or run.state().state not in ("interrupted", "done"):
        raise Broken(f"a killed recorder's run is {run.state().state}")
    time.sleep(0.3)
    seen, now = observer.seen_of(notes, run.run_id), committed(run)
    wrong = [name for name, digest in seen.items() if now.get(name) != digest]
    wrong += observer.wrongs_of(notes)
    if wrong:
        raise Broken(f"recorded and lost: {wrong[:6]}")
    scene.say(f"{len(run.epochs())} epochs, {len(seen)} things seen")


KILL_CREATE = _killed_while("create", "who makes runs is killed", 15)
KILL_BRANCH = _killed_while("branch", "who branches runs is killed", 16)
KILL_TRASH = _killed_while("trash", "who deletes and restores runs is killed", 17)
KILL_EMPTY = _killed_while("empty", "who empties the trash is killed", 18)
KILL_EXPORT = _killed_while("export", "who exports is killed", 19)
KILL_RECORDER = Fault(
    name="kill-recorder", what="a training loop with a Recorder is killed", act=_kill_recorder,
    trains=False, order=20,
)  # fmt: skip
