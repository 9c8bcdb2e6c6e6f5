"""Runs made in a moment, without torch, that read like those a worker writes.

`write_run` simulates the learning: clean instances are memorized early, mislabeled ones late, and
what is memorized is now and then forgotten. `live` makes a run look alive by holding its lock from
another process.

Axes: A instances of the training set by index, N instances of a round by slot, E epochs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mild.analysis.rounds.judging import Judged, judge
from mild.config import RunConfig, parse
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, append_log, create_run

PROJECT = Path(__file__).resolve().parent.parent
FINAL_EPOCHS = 3
NOISE_RATE = 0.3
FAILURE = (
    "the loss is no longer a number in epoch 2 of round 1; "
    "train again with a smaller learning rate."
)
DAMAGE = b"edited by hand\n"

_judged: dict[tuple[str, int, int, int | None, int], Judged] = {}

Until = Literal[
    "queued",  # nobody has begun; looks interrupted once 10 s old, unless held by `live`
    "preparing",  # the data set is not read yet
    "begun",  # the first round is open, no epoch is committed
    "training",  # in the middle of the last round; interrupted, unless held by `live`
    "selecting",  # the last round's epochs are committed, its selection is not
    "waiting",  # the last round's rule has proposed a cut, a person is to give one
    "finishing",  # in the middle of the final stage
    "done",
    "stopped",  # in the middle of the last round
    "failed",  # in the middle of the last round
    "interrupted",  # in the middle of the last round, the worker is gone
    "damaged",  # done, then run.db was overwritten by hand
]


def write_run(
    root: Path,
    *,
    n: int = 300,
    n_classes: int = 4,
    epochs: tuple[int, ...] = (8, 6),
    clean_known: bool = True,
    until: Until = "done",
    seed: int = 0,
    name: str = "made for a test",
    n_held_out: int | None = None,
) -> Run:
    """A run up to a point in its life, in the runs folder `root`.

    With `n_held_out`, as many are held out, a third of them with a wrong label, and are predicted
    rightly in most epochs; without, the run is like those of versions that did not judge them.
    """
    config = _config(epochs, clean_known, seed, name, wait=until == "waiting")
    run = Run(create_run(config, root))
    writer = RunWriter(run.folder)
    try:
        _Author(run, writer, config, n, n_classes, n_held_out).write(until)
    finally:
        writer.close()
    if until == "damaged":
        run.folder.database.write_bytes(DAMAGE)
    return run


@contextmanager
def live(run: Run, *, beat: bool = False) -> Iterator[int]:
    """Readers see the run as alive; yields the process id of its stand-in worker.

    Asked to stop, the stand-in writes the state `stopped` and ends, as a worker does. With `beat`
    it has the run open to write, and wrote something.
    """
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _STAND_IN,
            str(run.folder.path),
            str(run.folder.lock),
            "beat" if beat else "",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process.pid
    finally:
        process.kill()
        process.communicate()


# What writes is imported when it is asked for, and takes ten times as long as the rest.
_STAND_IN = """
import signal, sys
from pathlib import Path
from mild.store.lock import RecordLock

def stop(*_):
    from mild.store.folder import RunFolder
    from mild.store.writer import RunWriter

    writer = RunWriter(RunFolder(Path(sys.argv[1])))
    writer.set_state("stopped", "Stopped on request; every epoch up to here is kept.")
    writer.close()
    sys.exit()

signal.signal(signal.SIGTERM, stop)
lock = RecordLock(Path(sys.argv[2]))
assert lock.acquire()
if sys.argv[3]:
    from mild.store.folder import RunFolder
    from mild.store.writer import RunWriter

    writer = RunWriter(RunFolder(Path(sys.argv[1])))
    writer.event("note", "At work.")
print("held", flush=True)
while True:
    signal.pause()
"""


def _config(
    epochs: tuple[int, ...], clean_known: bool, seed: int, name: str, wait: bool
) -> RunConfig:
    settings: dict[str, Any] = {
        "name": name,
        "seed": seed,
        "rounds": list(epochs),
        "final": {"epochs": FINAL_EPOCHS},
        "selection": {"min_removed_share": 0.0, "wait": wait},
    }
    if clean_known:
        settings["noise"] = {"model": "symmetric", "rate": NOISE_RATE}
    else:
        settings["data"] = {"source": "folder", "path": "/pictures"}
    return parse(settings)


class _Author:
    """Writes what a worker would have written."""

    def __init__(
        self,
        run: Run,
        writer: RunWriter,
        config: RunConfig,
        n: int,
        n_classes: int,
        n_held_out: int | None,
    ) -> None:
        self.run = run
        self.writer = writer
        self.config = config
        self.n_classes = n_classes
        self.rng = np.random.default_rng([config.seed, n])
        self.clean_A = self.rng.integers(n_classes, size=n)
        wrong_A = self.rng.random(n) < NOISE_RATE
        other_A = (self.clean_A + self.rng.integers(1, n_classes, size=n)) % n_classes
        self.given_A = np.where(wrong_A, other_A, self.clean_A)
        self.epochs_left = config.total_epochs
        self.n_held_out = n_held_out
        rng = np.random.default_rng([config.seed, n, 1])
        self.held_out_clean_M = rng.integers(n_classes, size=n_held_out or 0)
        shift_M = np.where(np.arange(n_held_out or 0) % 3, 0, 1)
        self.held_out_given_M = (self.held_out_clean_M + shift_M) % n_classes
        self.held_out_rng = rng

    @property
    def clean_known(self) -> bool:
        return self.config.noise.model != "none"

    def write(self, until: Until) -> None:
        if until == "queued":
            return
        self.writer.set_state("preparing", "Reading images and labels.")
        if until == "preparing":
            return
        self._prepare()
        index_N = np.arange(len(self.given_A))
        n_rounds = len(self.config.rounds)
        for number, settings in enumerate(self.config.rounds):
            self.writer.set_state("training", f"Round {number + 1} of {n_rounds}.")
            self.writer.begin_round(number, index_N, self.n_classes)
            if until == "begun":
                return
            is_last = number + 1 == n_rounds
            if is_last and until in ("training", "stopped", "failed", "interrupted"):
                self._epochs(number, index_N, settings.epochs, settings.epochs // 2)
                self._middle_of_epoch(number, len(index_N), settings.epochs // 2 + 1)
                self._end(until)
                return
            self._epochs(number, index_N, settings.epochs, settings.epochs)
            self.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
            if is_last and until == "selecting":
                return
            if is_last and until == "waiting":
                self._wait(number)
                return
            index_N = self._select(number, index_N)
        self.writer.set_state("finishing", f"Final model on {len(index_N):,} instances.")
        n_epochs = 1 if until == "finishing" else FINAL_EPOCHS
        for epoch in range(1, n_epochs + 1):
            self._commit(n_rounds, epoch, None)
        if until != "finishing":
            self.writer.facts(training_seconds=1.5)
            self.writer.set_state("done", f"{len(index_N):,} images kept.")

    def _prepare(self) -> None:
        n = len(self.given_A)
        clean_A = self.clean_A if self.clean_known else None
        names = tuple(f"train {index}" for index in range(n))
        self.writer.instances(given_N=self.given_A, clean_N=clean_A, names=names)
        self.writer.thumbnails(self.rng.integers(256, size=(n, 8, 8, 3)).astype(np.uint8))
        self.writer.facts(
            description=f"Made for a test: {n:,} images in {self.n_classes} classes",
            class_names=[f"class {label}" for label in range(self.n_classes)],
            n_instances=n,
            n_test=60 if self.n_held_out is None else self.n_held_out,
            image_height=8,
            image_width=8,
            n_skipped=0,
        )
        if self.n_held_out:
            self._prepare_held_out(self.n_held_out)
        if self.clean_known:
            rate = float((self.given_A != self.clean_A).mean())
            self.writer.facts(requested_noise_rate=NOISE_RATE, actual_noise_rate=rate)
        self.writer.set_state("preparing", "Loading PyTorch.")
        self.writer.facts(device="cpu", device_reason="no GPU found; 2 threads", n_parameters=1000)

    def _prepare_held_out(self, m: int) -> None:
        self.writer.held_out(
            given_M=self.held_out_given_M,
            clean_M=self.held_out_clean_M if self.clean_known else None,
            names=tuple(f"held out {index}" for index in range(m)),
        )
        pictures = self.held_out_rng.integers(256, size=(m, 8, 8, 3)).astype(np.uint8)
        self.writer.held_out_thumbnails(pictures)

    def _taken_for(self) -> Any:
        """Held-out instances are right nine times of ten."""
        if not self.n_held_out:
            return None
        other_M = (self.held_out_clean_M + 2) % self.n_classes
        right_M = self.held_out_rng.random(self.n_held_out) < 0.9
        return np.where(right_M, self.held_out_clean_M, other_M)

    def _epochs(self, number: int, index_N: Any, n_asked: int, n_written: int) -> None:
        status_EN = self._status(number, index_N, n_asked)
        for epoch in range(1, n_written + 1):
            self._commit(number, epoch, self._recorded(status_EN[epoch - 1], index_N))

    def _status(self, number: int, index_N: Any, n_epochs: int) -> Any:
        """Clean instances wait an epoch or two, mislabeled ones most of the round."""
        wrong_N = self.given_A[index_N] != self.clean_A[index_N]
        ease = 0.6 if number == 0 else 0.9
        wait_N = np.where(
            wrong_N,
            n_epochs * self.rng.beta(6, 1.5, size=len(index_N)),
            np.minimum(self.rng.geometric(ease, size=len(index_N)) - 1, n_epochs - 1),
        )
        memorized_EN = np.arange(1, n_epochs + 1)[:, None] > wait_N
        forgotten_EN = self.rng.random((n_epochs, len(index_N))) < 0.03
        return memorized_EN & ~forgotten_EN

    def _recorded(self, memorized_N: Any, index_N: Any) -> EpochArrays:
        given_N, clean_N = self.given_A[index_N], self.clean_A[index_N]
        n = len(index_N)
        other_N = (given_N + self.rng.integers(1, self.n_classes, size=n)) % self.n_classes
        sees_truth_N = (given_N != clean_N) & (self.rng.random(n) < 0.9)
        taken_for_N = np.where(sees_truth_N, clean_N, other_N)
        margins_N = self.rng.gamma(2, 1.5, size=n) * np.where(memorized_N, 1, -1)
        return EpochArrays(
            status_N=memorized_N.astype(np.uint8),
            predictions_N=np.where(memorized_N, given_N, taken_for_N),
            losses_N=np.log1p(np.exp(-margins_N)),
            margins_N=margins_N,
            held_out_predictions_M=self._taken_for(),
        )

    def _commit(self, stage: int, epoch: int, recorded: EpochArrays | None) -> None:
        self.epochs_left -= 1
        done = 1 - self.epochs_left / self.config.total_epochs
        record = EpochRecord(
            stage=stage,
            epoch=epoch,
            seconds=0.1,
            learning_rate=0.05,
            train_loss=2 * (1 - done) + 0.1,
            memorized_share=float(recorded.status_N.mean()) if recorded else 0.95,
            test_accuracy=None if self.n_held_out == 0 else 0.5 + 0.45 * done,
            recorded=time.time(),
        )
        self.writer.end_epoch(record, recorded, epochs_left=self.epochs_left)

    def _middle_of_epoch(self, stage: int, n: int, epoch: int) -> None:
        self.writer.beat(
            stage=stage, epoch=epoch, share_of_epoch=0.5, epochs_left=self.epochs_left - 1
        )
        self.writer.current(np.arange(n) % 3)

    def _end(self, until: Until) -> None:
        if until == "stopped":
            self.writer.set_state("stopped", "Stopped on request; every epoch up to here is kept.")
        if until == "failed":
            append_log(
                self.run.folder, f"Traceback (most recent call last):\nTrainingError: {FAILURE}"
            )
            self.writer.facts(fails_again=True)
            self.writer.set_state("failed", FAILURE)

    def _wait(self, number: int) -> None:
        judged = self._judge(number)
        self.writer.propose(number, scores=judged.scores, selection=judged.arrays)
        self.writer.set_state("waiting", f"Round {number + 1}: the rule proposes a cut.")

    def _select(self, number: int, index_N: Any) -> Any:
        judged = self._judge(number)
        self.writer.end_round(judged.record, scores=judged.scores, selection=judged.arrays)
        return index_N[judged.kept_N]

    def _judge(self, number: int) -> Judged:
        """The same made-up round is judged once; to fit its mixture is half of making a run."""
        config = self.config.model_dump_json(exclude={"name"})
        made_up = (config, len(self.given_A), self.n_classes, self.n_held_out, number)
        if made_up not in _judged:
            _judged[made_up] = judge(
                self.run,
                number,
                self.config.selection,
                given_A=self.given_A,
                clean_A=self.clean_A if self.clean_known else None,
                seconds=0.8,
            )
        return _judged[made_up]
