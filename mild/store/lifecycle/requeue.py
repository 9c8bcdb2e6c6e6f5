"""Putting a run that nobody is at work on back into the queue, or out of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from mild.errors import RunError
from mild.store.database import busy
from mild.store.files.disk_full import WRITE_ERRORS
from mild.store.folder import RunFolder
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.writer import RunWriter


def requeue(folder: RunFolder, patience: float) -> None:
    """Put a run back into the queue, for a worker to go on with.

    A worker that has just ended its work is waited for, `patience` seconds.

    Raises
    ------
    RunError
        If somebody is at work on it, or it cannot be written.
    """
    with _ours(folder, patience) as writer:
        writer.set_state("queued", "Goes on from its last checkpoint.")


def take_out(folder: RunFolder) -> None:
    """Stop a run that waits and that no worker has yet.

    Raises
    ------
    RunError
        If a worker has just taken it, or it cannot be written.
    """
    with _ours(folder, 0) as writer:
        writer.set_state("stopped", "Taken out of the queue before its turn came.")


@contextmanager
def _ours(folder: RunFolder, patience: float) -> Iterator[RunWriter]:
    held = RecordLock(folder.lock)
    try:
        until = time.monotonic() + patience
        while not (ours := held.acquire()) and time.monotonic() < until:
            time.sleep(0.02)
        if not ours:
            raise RunError(f"run {folder.run_id}: another worker is at work on it; stop it first.")
        if Run(folder).recorded_state().state == "done":  # by the worker that we waited for
            raise RunError(f"run {folder.run_id} is done meanwhile: there is nothing left to do.")
        writer = RunWriter(folder)
        try:
            yield writer
        finally:
            writer.close()
    except WRITE_ERRORS as error:
        if busy.is_busy(error):
            raise RunError(busy.sentence(folder.database)) from error
        raise RunError(
            f"run {folder.run_id} cannot be written ({getattr(error, 'strerror', None) or error}); "
            "make its folder writable, or make room on its disk."
        ) from error
    finally:
        held.release()
