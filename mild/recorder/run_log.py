"""A recorded run on disk: made, locked, written, and ended.

Axes: A instances of the training set by index, N instances of the round by slot.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.judging import Judged, judge
from mild.config import RunConfig
from mild.core.planted.planting import Planted
from mild.errors import MildError, RunError
from mild.recorder.inputs import IntArray
from mild.recorder.samples.keep import KeptSamples
from mild.recorder.training_set import TrainingSet
from mild.store.database import busy
from mild.store.files.disk_full import WRITE_ERRORS
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, append_log, create_run


class RunLog:
    """Holds the lock of a new run, and is the only one to write it."""

    def __init__(
        self,
        config: RunConfig,
        root: Path | None,
        *,
        data: TrainingSet,
        hears_stop: bool,
    ) -> None:
        self.config = config
        self._data = data
        self.run = Run(create_run(config, root))
        self.writer = RunWriter(self.run.folder)
        self._samples = KeptSamples(self.run.folder, data.samples, len(config.rounds))
        self._facts(hears_stop)  # before the lock, which tells others whom to ask to stop
        self._lock = RecordLock(self.run.folder.lock)
        if not self._lock.acquire():
            raise RunError(
                f"run {self.run.run_id}: somebody else is at work on it; start a new run."
            )
        self.writer.hold(self._lock)
        self._began = self._epoch_began = time.monotonic()
        self._given_N: npt.NDArray[np.bool_] = np.empty(0, dtype=bool)

    def who_is_who(self) -> None:
        """Write down the instances, and what they are."""
        data = self._data
        with self._writing():
            self.writer.set_state("preparing", "Writing down who is who.")
            self.writer.instances(given_N=data.given_A, clean_N=data.clean_A, names=data.names)
            if data.thumbnails_AHWC is not None:
                self.writer.thumbnails(data.thumbnails_AHWC)
            self._samples.write()

    def begin_round(
        self, number: int, index_N: IntArray, planted: Planted, reason: str | None
    ) -> None:
        """Open a round for these instances; `reason` tells why so many are planted."""
        self._given_N = ~planted.mask(len(index_N))
        self._began = self._epoch_began = time.monotonic()
        n_rounds = len(self.config.rounds)
        with self._writing():
            self.writer.set_state("training", f"Round {number + 1} of {n_rounds}, in its own loop.")
            if reason is not None:
                share = len(planted) / len(index_N)
                self.writer.facts(
                    planted_share=share, planted_share_reason=self.run.noun().said(reason)
                )
            self.writer.begin_round(number, index_N, len(self._data.class_names), planted=planted)

    def show(self, number: int, epoch: int, share: float, current_N: npt.NDArray[np.uint8]) -> None:
        """Show where the loop is, for those who watch."""
        left = self._epochs_left(number, epoch)
        with self._writing():
            self.writer.beat(stage=number, epoch=epoch, share_of_epoch=share, epochs_left=left)
            self.writer.current(current_N)

    def note(self, sentence: str) -> None:
        """Add a line to the run's history."""
        with self._writing():
            self.writer.event("note", sentence)

    def end_epoch(
        self,
        number: int,
        epoch: int,
        recorded: EpochArrays,
        *,
        learning_rate: float | None,
        test_accuracy: float | None,
    ) -> None:
        """Commit an epoch."""
        now = time.monotonic()
        record = EpochRecord(
            stage=number,
            epoch=epoch,
            seconds=now - self._epoch_began,
            learning_rate=learning_rate,
            train_loss=float(recorded.losses_N[self._given_N].mean()),
            memorized_share=float(recorded.status_N[self._given_N].mean()),
            test_accuracy=test_accuracy,
            recorded=time.time(),
        )
        with self._writing():
            self.writer.end_epoch(record, recorded, epochs_left=self._epochs_left(number, epoch))
        self._epoch_began = now

    def end_round(self, number: int) -> Judged:
        """Select, and commit the round."""
        with self._writing():
            self.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
        judged = judge(
            self.run,
            number,
            self.config.selection,
            given_A=self._data.given_A,
            clean_A=self._data.clean_A,
            seconds=time.monotonic() - self._began,
        )
        noun = self.run.noun()
        record = replace(
            judged.record,
            note=noun.said(judged.record.note),
            can_tell_reason=noun.said(judged.record.can_tell_reason or "") or None,
        )
        with self._writing():
            self.writer.end_round(record, scores=judged.scores, selection=judged.arrays)
            self._keep_suspicious(number, judged)
        return judged

    def end(self, state: str, sentence: str) -> None:
        """Write the last state, and let go of the run."""
        try:
            with self._writing():
                self.writer.set_state(state, sentence)
        finally:
            self._samples.close()
            self.writer.close()
            self._lock.release()

    def fail(self, error: BaseException) -> None:
        """End in the state `failed`, with the error's sentence; its trace goes to worker.log."""
        sentence = (
            str(error)
            if isinstance(error, MildError)
            else f"{type(error).__name__}: {error} (the whole trace is in worker.log)"
        )
        try:
            with self._writing():
                append_log(self.run.folder, "".join(traceback.format_exception(error)))
        finally:
            self.end("failed", sentence)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except WRITE_ERRORS as error:
            if busy.is_busy(error):
                raise RunError(busy.sentence(self.run.folder.database)) from error
            reason = getattr(error, "strerror", None) or error
            raise RunError(
                f"run {self.run.run_id} cannot be written ({reason}); make its folder writable, or "
                "make room on its disk, and start again. Every committed epoch is kept."
            ) from error

    def _keep_suspicious(self, number: int, judged: Judged) -> None:
        order_N = np.argsort(judged.arrays["score"], kind="stable")[::-1]
        if said := self._samples.add_most_suspicious(self.run.index(number)[order_N]):
            self.writer.event("note", said)

    def _facts(self, hears_stop: bool) -> None:
        n = len(self._data.given_A)
        classes = self._data.class_names
        self.writer.facts(
            description=f"Recorded by a loop of its own: {n:,} instances in {len(classes)} classes",
            class_names=list(classes),
            n_instances=n,
            n_skipped=0,
            hears_stop=hears_stop,
        )
        if self._data.clean_A is not None:
            rate = float((self._data.given_A != self._data.clean_A).mean())
            self.writer.facts(actual_noise_rate=rate)

    def _epochs_left(self, number: int, epoch: int) -> int:
        later = sum(item.epochs for item in self.config.rounds[number + 1 :])
        return later + self.config.rounds[number].epochs - epoch
