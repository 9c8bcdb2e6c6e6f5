"""Processes that decode images for the one that trains.

They are forked by a server that has done nothing but import: a fork of the training process itself
would have a copy of its threads' locks, its database and its GPU, and may hang on any of them.

Axes: B batch, H height, W width.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import multiprocessing
from torch.utils.data import DataLoader, Dataset, Sampler

from mild.data.dataset import Images, UInt8Array
from mild.errors import DataError, TrainingError

METHOD = "forkserver"
IMPORTED = ["mild.training.pipeline.decoding", "mild.training.runtime.device", "mild.store.writer"]
"""What the server imports once, so that each of its processes does not: what is needed to decode,
and what the worker's own file, which each of them reads, imports."""
AHEAD = 2
"""Batches that each process keeps ready."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One batch: which images, and how each is augmented."""

    part: int
    index_B: list[int]
    flipped_B: list[bool] | None
    top_left_2B: npt.NDArray[np.int64] | None
    """Where the crop begins in the padded image."""
    padding: int


class Readers:
    """Decodes batches of several parts of a data set, ahead of whoever asks.

    The processes of one pass over the data wait for the next; two passes at a time have each their
    own.
    """

    def __init__(self, parts: Sequence[Images], n_workers: int, *, pin: bool) -> None:
        """With `pin`, batches lie where a GPU can fetch them by itself."""
        self.parts = tuple(parts)
        self._n_workers, self._pin = n_workers, pin
        self._idle: list[tuple[_Loader, _Plan]] = []

    def read(self, wanted: list[Wanted]) -> Generator[torch.Tensor]:
        """Yield each batch, (B, H, W, 3) uint8, in the order asked for.

        Raises
        ------
        DataError
            If a file can no longer be read.
        TrainingError
            If a process was ended from outside.
        """
        loader, plan = self._idle.pop() if self._idle else self._new()
        plan.wanted = wanted
        try:
            for decoded in loader:
                if isinstance(decoded, str):
                    raise DataError(f"{decoded} Put it back as it was, then resume the run.")
                yield decoded
        except (RuntimeError, OSError, EOFError) as error:
            if not _is_lost(error):
                raise
            raise TrainingError(
                "A process that decodes images was ended from outside, usually for want of memory "
                "or of room in /dev/shm: ask for fewer with --workers, or make room; then resume "
                "the run."
            ) from error
        self._idle.append((loader, plan))  # not after an error: what is under way is of no use

    def close(self) -> None:
        """End the processes that wait."""
        self._idle.clear()

    def _new(self) -> tuple[_Loader, _Plan]:
        plan, several = _Plan(), self._n_workers > 0
        if several:
            multiprocessing.get_context(METHOD).set_forkserver_preload(IMPORTED)
        loader = _Loader(
            _Decoding(self.parts),
            batch_size=None,  # an item is a batch
            sampler=plan,
            num_workers=self._n_workers,
            multiprocessing_context=METHOD if several else None,
            prefetch_factor=AHEAD if several else None,
            persistent_workers=several,
            pin_memory=self._pin,
            worker_init_fn=_end_with_parent,
            generator=torch.Generator(),  # else it would draw from the global one
        )
        return loader, plan


def _end_with_parent(_: int) -> None:
    """End this process when the one that trains does, however that ends.

    PyTorch's own watch is for the process that forked it, which here is the server; and the server
    ends after the last of its processes.
    """

    def watch() -> None:
        if (parent := multiprocessing.parent_process()) is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Loader(DataLoader[Any]):
    def check_worker_number_rationality(self) -> None:
        """Do not warn whoever asks for more processes than there are cores."""


class _Plan(Sampler[Wanted]):
    """The batches of the pass under way."""

    def __init__(self) -> None:
        self.wanted: list[Wanted] = []

    def __iter__(self) -> Iterator[Wanted]:
        return iter(self.wanted)

    def __len__(self) -> int:
        return len(self.wanted)


class _Decoding(Dataset[Any]):
    """What the processes do."""

    def __init__(self, parts: tuple[Images, ...]) -> None:
        self._parts = parts

    def __getitem__(self, wanted: Wanted) -> torch.Tensor | str:
        """Return the batch, or a sentence where a file cannot be read."""
        images = self._parts[wanted.part]
        _, height, width = images.shape
        batch = np.empty((len(wanted.index_B), height, width, 3), dtype=np.uint8)
        for place, index in enumerate(wanted.index_B):
            try:
                image = images.read(index)
            except DataError as error:
                return str(error)
            batch[place] = _augmented(image, wanted, place)
        return torch.from_numpy(batch)


def _is_lost(error: Exception) -> bool:
    """Tell whether an error means a process that is gone, or found no room for its batch."""
    if isinstance(error, OSError | EOFError):  # it went while it handed a batch over
        return True
    return str(error).startswith("DataLoader worker") or "No space left on device" in str(error)


def _augmented(image_HWC: UInt8Array, wanted: Wanted, place: int) -> UInt8Array:
    """Flip the image, and then crop it, as drawn; beyond its borders there is zero."""
    if wanted.flipped_B is not None and wanted.flipped_B[place]:
        image_HWC = image_HWC[:, ::-1]
    if wanted.top_left_2B is not None:
        top, left = wanted.top_left_2B[:, place]
        height, width, _ = image_HWC.shape
        border = (wanted.padding, wanted.padding)
        padded = np.pad(image_HWC, (border, border, (0, 0)))
        image_HWC = padded[top : top + height, left : left + width]
    return image_HWC
