"""The compact copy in the run's folder of what a loop's instances are."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

import numpy as np

from mild.errors import DataError, RecordingError
from mild.recorder.inputs import IntArray
from mild.recorder.samples import sounds, texts
from mild.recorder.samples.given import GivenSamples
from mild.store.folder import RunFolder
from mild.store.samples.sounds import SoundWriter
from mild.store.samples.table import write_table
from mild.store.samples.texts import write_texts

MEGABYTE = 10**6


class KeptSamples:
    """Writes texts and table at once, and as many sounds as there is room for."""

    def __init__(self, folder: RunFolder, samples: GivenSamples, n_rounds: int) -> None:
        self._folder, self._samples, self._rounds_left = folder, samples, n_rounds
        self._writer: SoundWriter | None = None
        self._left = self._seconds = 0

    def write(self) -> None:
        """Write what is kept before the training.

        Raises
        ------
        RecordingError
            If it does not fit on the disk.
        DataError
            If a file of sound cannot be read.
        """
        self._check_room()
        if self._samples.texts is not None:
            write_texts(self._folder.texts, texts.kept(self._samples.texts))
        if self._samples.table is not None:
            write_table(self._folder.table, self._samples.table)
        if self._samples.sounds is not None:
            n = len(self._samples.sounds)
            plan = sounds.plan(n)
            self._seconds, self._left = plan.seconds, plan.n_later
            self._writer = SoundWriter(self._folder.sounds, self._folder.sound_places)
            self._append(np.linspace(0, n - 1, plan.n_first).astype(int).tolist())
            self._writer.commit()

    def add_most_suspicious(self, index_T: IntArray) -> str:
        """Keep more sounds, of these instances, the worst first; say which cannot be read."""
        n = self._left // max(1, self._rounds_left)
        self._rounds_left -= 1
        if self._writer is None or not n:
            return ""
        wanted = [index for index in index_T.tolist() if index not in self._writer.kept][:n]
        unreadable = [index for index in wanted if not self._is_appended(index)]
        self._left -= len(wanted)
        self._writer.commit()
        if not unreadable:
            return ""
        return (
            f"{len(unreadable):,} sounds can no longer be read, the first of instance "
            f"{unreadable[0]}."
        )

    def close(self) -> None:
        """Close the files."""
        if self._writer is not None:
            self._writer.close()

    def _check_room(self) -> None:
        needed, free = self._samples.most_bytes(), shutil.disk_usage(self._folder.path).free
        if needed > free:
            raise RecordingError(
                f"the copy of texts, table and audio takes up to {needed / MEGABYTE:,.0f} MB, and "
                f"{free / MEGABYTE:,.0f} MB are free in {self._folder.path.parent}; make room, or "
                "set MILD_RUNS_DIR to a folder on another disk."
            )

    def _append(self, indices: Iterable[int]) -> None:
        assert self._writer is not None
        assert self._samples.sounds is not None
        for index in indices:
            self._writer.append(index, sounds.read(self._samples.sounds[index], self._seconds))

    def _is_appended(self, index: int) -> bool:
        try:
            self._append([index])
        except DataError:  # a file that went away does not end a training
            return False
        return True
