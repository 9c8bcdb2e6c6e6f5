"""The round under way: who is trained on, which epoch it is, and what waits to be recorded.

Axes: A instances of the training set by index, N instances of the round by slot.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from mild.errors import RecordingError
from mild.recorder import inputs, planting
from mild.recorder.epoch import EpochMemory
from mild.recorder.inputs import IntArray
from mild.recorder.planting import PlantedLabels
from mild.recorder.run_log import RunLog
from mild.recorder.training_set import TrainingSet
from mild.store.writer import EpochArrays

SHOW_SECONDS = 1.0
"""How often the epoch under way is shown to readers."""
PENDING_LOGITS = 4_000_000
"""So many logits may wait on a GPU until they are fetched."""


class OpenRound:
    """Collects the batches of an epoch; knows of planted labels, not of selection."""

    def __init__(self, data: TrainingSet, planted: list[PlantedLabels | None]) -> None:
        self._data, self._planted = data, planted
        self._memory = EpochMemory(data.given_A, len(data.class_names))
        self._pending: list[tuple[Any, Any]] = []
        self._n_pending = 0
        self._shown = 0.0
        self.number, self.epoch = 0, 1
        """Rounds count from 0, epochs from 1."""
        self.index_N: IntArray = np.arange(data.n, dtype=np.int64)

    @property
    def under_way(self) -> bool:
        """Whether an epoch has begun and was not ended."""
        return bool(self._memory.n_seen or self._pending)

    def begin(self, log: RunLog) -> None:
        """Open the round in the run, and expect its instances."""
        asked = self._planted[self.number]
        planted = planting.in_round(asked, self.index_N)
        reason = None if asked is None or self.number else asked.reason
        log.begin_round(self.number, self.index_N, planted, reason)
        self.forget_epoch()
        self._shown = time.monotonic()

    def go_on(self, index_N: IntArray) -> None:
        """Count one round more, of these instances."""
        self.number, self.epoch, self.index_N = self.number + 1, 1, index_N

    def check_room(self, log: RunLog) -> None:
        """Raise RecordingError where the run asked for no further epoch."""
        asked = log.config.rounds
        if self.number == len(asked):
            raise RecordingError(f"all rounds ({len(asked)}) are recorded; ask for more of them.")
        if self.epoch > asked[self.number].epochs:
            raise RecordingError(
                f"round {self.number + 1} has had its {asked[self.number].epochs} epochs; call "
                "end_round(), or ask for more epochs."
            )

    def add(self, index: Any, logits: Any) -> None:
        """Take a batch; one on a GPU is kept there until it is fetched with others."""
        if getattr(logits, "is_cuda", False):
            # Fetching it now would make the processor wait for the GPU at every batch.
            self._pending.append((_copy(index), _copy(logits)))
            self._n_pending += logits.numel()
        else:
            self._record(index, logits)

    def show_now_and_then(self, log: RunLog) -> None:
        """Fetch and show the epoch so far, about once a second or where much waits."""
        late = time.monotonic() - self._shown > SHOW_SECONDS
        if late or self._n_pending > PENDING_LOGITS:
            self.fetch()
            share = self._memory.n_seen / len(self.index_N)
            log.show(self.number, self.epoch, share, self._memory.current())
            self._shown = time.monotonic()

    def fetch(self) -> None:
        """Record the batches that wait on a GPU."""
        pending, self._pending, self._n_pending = self._pending, [], 0
        for index, logits in pending:
            self._record(index, logits)

    def finish_epoch(self) -> tuple[EpochArrays, int]:
        """Return what was recorded in the epoch, and how many instances it missed.

        Raises
        ------
        RecordingError
            If it missed a batch or more.
        """
        self.fetch()
        return self._memory.finish()

    def forget_epoch(self) -> None:
        """Leave out what was recorded since the last epoch ended."""
        self._pending, self._n_pending = [], 0
        asked = self._planted[self.number]
        labels_A = self._data.given_A if asked is None else asked.labels
        self._memory.begin_round(self.index_N, labels_A)

    def _record(self, index: Any, logits: Any) -> None:
        self._memory.add(*inputs.batch(index, logits, len(self._data.class_names)))


def _copy(value: Any) -> Any:
    """Copy an array: the loop may use it again before it is read."""
    return value.detach().clone() if hasattr(value, "detach") else np.array(value)
