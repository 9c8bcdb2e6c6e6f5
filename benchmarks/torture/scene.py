"""One try: a run at work, somebody who decides, somebody who looks; then a fault, and the end.

A fault acts on a `Scene`; whatever it did, `Scene.end` brings the run to its end as a person would
(by the button Resume), and holds everything against what was promised.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.torture import decider, observer
from benchmarks.torture.arena import TRAIN_SECONDS, Arena, Broken, is_awake, send, wait, workers_of
from benchmarks.torture.committed import committed, differences, outcome
from benchmarks.torture.ground import Ground
from benchmarks.torture.kinds import Kind
from benchmarks.torture.patience import Patience
from mild import jobs
from mild.errors import MildError
from mild.store.lock import ask
from mild.store.review.cuts import give_cut, waiting_round
from mild.store.run import LAUNCH_SECONDS, Run
from mild.store.writing.leftovers import DELETING, MAKING

TOP_LEVEL = Path(__file__).resolve().parents[2]
TRUTH_SECONDS = LAUNCH_SECONDS + 5
"""After so long, a run that says it is at work has a worker: the delay that is documented."""


@dataclass(slots=True)
class Scene:
    """Everything that a fault can act on."""

    arena: Arena
    ground: Ground
    rng: random.Random
    seed: int
    kind: Kind
    notes: Path
    """A folder for what observer and decider write, outside of what is tortured."""
    said: list[str] = field(default_factory=list)
    """What happened, for the report."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _run: Run | None = None

    @property
    def run(self) -> Run:
        """The run under torture."""
        assert self._run is not None
        return self._run

    # --- the beginning ---

    def start(self) -> None:
        """A run as the product starts it, and two processes beside it."""
        self.start_looking()
        self._run = jobs.start(self.kind.config(self.arena.data), root=self.ground.runs)
        self.start_deciding()

    def start_looking(self) -> None:
        """Somebody looks at all runs of this ground from now on."""
        notes = self.notes / "observer"
        self.spawn("observer", str(self.ground.path.parent), str(notes))
        wait(lambda: observer.looks(notes), 120, "who is to look does not begin")

    def start_deciding(self) -> None:
        """Somebody decides in the review from now on."""
        self.spawn(
            "decider", str(self.run.folder.path), str(self.seed), str(self.notes / "decider")
        )

    def moment(self, *, begun: bool = False) -> None:
        """Wait for a random moment: while the worker starts, or within an epoch, or at its end."""
        epochs = [epochs.epochs for epochs in self.run.config().rounds]
        if not begun and self.rng.random() < 0.2:
            time.sleep(self.rng.uniform(0, 2.5))
        elif self.kind.cuts and self.rng.random() < 0.5:
            wait(lambda: self._is("waiting"), TRAIN_SECONDS, "the run does not wait for its cut")
            time.sleep(self.rng.uniform(0, 1))
        else:
            n = self.rng.randrange(1, epochs[0] if self.kind.cuts else sum(epochs))
            wait(lambda: self._has(n), TRAIN_SECONDS, f"the run does not reach epoch {n}")
            time.sleep(self.rng.uniform(0, 0.3))
        self.said.append(f"while it was {self._state()} with {self._n_epochs()} epochs")

    # --- what faults use ---

    def say(self, what: str) -> None:
        """For the report."""
        self.said.append(what)

    def workers(self) -> list[int]:
        """Ids of the run's processes."""
        return workers_of(self.run)

    def stop_deciding(self) -> None:
        """By kill -9."""
        if process := self.processes.pop("decider", None):
            process.kill()
            process.wait()

    def decide_anew(self) -> None:
        """Who decides is killed as well, and somebody else goes on."""
        self.stop_deciding()
        self.start_deciding()

    def kill_workers(self) -> None:
        """By kill -9."""
        pids = self.workers()
        send(pids, signal.SIGKILL)
        wait(lambda: not any(map(is_awake, pids)), 5, "the worker outlives kill -9")

    def resume(self) -> None:
        """As a person does, once the run says that it can be."""
        self.truth()
        if self.run.state().resumable:
            jobs.resume(self.run)

    def truth(self) -> None:
        """Within the documented delay, what says that it is at work has a worker that is awake."""
        wait(
            self._is_true,
            TRUTH_SECONDS,
            f"the run says {self._state()!r}, but nothing trains",
        )

    # --- the end ---

    def end(self) -> None:
        """Bring the run to its end, and see that nothing is lost and nothing is left."""
        self._bring_to_its_end()
        time.sleep(0.3)  # a last look
        self.stop_deciding()
        if process := self.processes.pop("observer", None):
            if process.poll() is not None:
                raise Broken(f"who looked at the run died ({process.returncode})")
            process.kill()
            process.wait()
        self._hold_against_reference()
        self._hold_against_what_was_seen()
        self._see_that_nothing_is_left()

    def clear(self) -> None:
        """End every process of this try, whatever state it is in."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        if self._run is not None:
            send(workers_of(self._run), signal.SIGKILL)

    def _bring_to_its_end(self) -> None:
        patience, n_resumed, n_epochs = Patience(TRAIN_SECONDS), 0, 0
        while self._state() != "done":
            if patience.gone():
                raise Broken(f"the run does not end: {self._state()}")
            self._give_cut()
            if self._n_epochs() > n_epochs:
                n_epochs, n_resumed = self._n_epochs(), 0
            if self.run.state().resumable:
                if (n_resumed := n_resumed + 1) > 3:
                    raise Broken(f"resumed in vain: {self.run.state().sentence}")
                jobs.resume(self.run)
            self.truth()
            time.sleep(0.2)

    def _give_cut(self) -> None:
        if not self.kind.cuts or self._state() != "waiting":
            return
        with contextlib.suppress(MildError):  # its worker may just have been killed
            if (number := waiting_round(self.run)) is not None:
                give_cut(self.run, number, self.kind.cuts[number])

    def _hold_against_reference(self) -> None:
        wrong = differences(outcome(self.run), self.arena.wanted(self.kind))
        if wrong:
            raise Broken(f"not what an undisturbed run comes to: {', '.join(wrong[:6])}")

    def _hold_against_what_was_seen(self) -> None:
        now = committed(self.run)
        seen = observer.seen_of(self.notes / "observer", self.run.run_id)
        lost = [name for name, digest in seen.items() if now.get(name) != digest]
        wrongs = [f"lost or changed: {name}" for name in lost]
        wrongs += observer.wrongs_of(self.notes / "observer")
        wrongs += decider.wrongs_in(self.run.folder, self.notes / "decider")
        if wrongs:
            raise Broken("; ".join(wrongs[:6]))
        self.say(
            f"{len(seen)} things seen, {decider.n_kept(self.notes / 'decider')} decisions kept"
        )

    def _see_that_nothing_is_left(self) -> None:
        wait(lambda: not self.workers(), 20, "the worker does not end")
        locks = [self.run.folder.lock, *self.ground.runs.glob(".devices/*/*.lock")]
        stuck = [path.name for path in locks if ask(path).held != "free"]
        begins = (MAKING, DELETING)
        left = [
            str(path.relative_to(self.ground.runs)) for path in self.run.folder.path.rglob(".*")
        ]
        left += [path.name for path in self.ground.runs.iterdir() if path.name.startswith(begins)]
        if stuck or left:
            raise Broken(f"locks held: {stuck}; left behind: {left}")

    # --- small questions ---

    def _state(self) -> str:
        try:
            return self.run.state().state
        except MildError:
            return "unreadable"

    def _is(self, state: str) -> bool:
        return self._state() in (state, "done")

    def _n_epochs(self) -> int:
        try:
            return len(self.run.epochs())
        except MildError:
            return 0

    def _has(self, n: int) -> bool:
        return self._n_epochs() >= n or not self.run.state().live

    def _is_true(self) -> bool:
        try:
            state = self.run.state()
        except MildError:  # a sentence says nothing wrong
            return False
        return not state.live or is_awake(state.pid)

    def spawn(self, name: str, *words: str) -> None:
        """Start a program of this folder, ended with the try at the latest."""
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.torture.{name}", *words], cwd=TOP_LEVEL
        )
