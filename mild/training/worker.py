"""The worker: one process, one run, from `queued` to its end.

Started as `python -m mild.training.worker RUN`, with the run's folder or its id. SIGTERM asks it
to end at the next batch. It ignores SIGINT and SIGHUP, which are meant for the terminal it may
share. Where torchrun starts several, they work on the run together; the first alone holds its lock
and writes.
"""

from __future__ import annotations

import os
import platform
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from mild.errors import DivergedError, MildError, RunError, RunTakenError
from mild.store.files.disk_full import WRITE_ERRORS, failing, is_full
from mild.store.folder import RunFolder, find_run
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.writer import RunWriter, append_log
from mild.training.distributed.rank import RankInfo, check, rank_from_environment
from mild.training.runtime.device import Turn, choose_device, gpu_uuids, lent, wait_for_turn
from mild.training.runtime.exit import WorkerExit
from mild.training.runtime.stop import Stop, Stopped
from mild.visible import visible

if TYPE_CHECKING:
    from mild.training.distributed.rendezvous import Rendezvous
    from mild.training.pipeline.prepare import Prepared

NICENESS = 5
"""The dashboard on the same machine goes first."""


def main(arguments: list[str]) -> int:
    """Work on one run; the exit status is 0 unless the run could not be worked on or failed."""
    stop = Stop()
    stop.listen()
    if len(arguments) != 1:
        print("usage: python -m mild.training.worker RUN", file=sys.stderr)
        return 2
    lock: RecordLock | None = None
    try:
        given = Path(arguments[0])
        folder = RunFolder(given.absolute()) if given.is_dir() else find_run(arguments[0])
        run = Run(folder)
        if (here := rank_from_environment()).rank > 0:
            return _follow(run, here, stop)
        if not run.stored().whole:
            raise RunError(
                f"run {folder.run_id}: a newer version asked for it; train it with that."
            )
        lock = RecordLock(folder.lock)
        if not lock.acquire():
            raise RunError(f"run {folder.run_id}: another worker is at work on it; stop it first.")
        if run.recorded_state().state != "queued":
            raise RunError(
                f"run {folder.run_id} has begun before; "
                f"python -m mild resume {folder.run_id} goes on with it, unless it is done."
            )
    except (MildError, *WRITE_ERRORS) as error:
        sentence = str(error) if isinstance(error, MildError) else _not_written(error)
        print(visible(sentence), file=sys.stderr)
        if lock is not None:
            lock.release()
        return 1
    _be_nice()
    try:
        return _context(run, lock, stop)
    finally:
        lock.release()  # at once: to unload PyTorch takes a while


def _not_written(error: Exception) -> str:
    """Say why the run was not even begun on."""
    return f"The run cannot be written ({error}): make its folder writable, or room on its disk."


def _be_nice() -> None:
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)


def _follow(run: Run, here: RankInfo, stop: Stop) -> int:
    """Do the work of any process of a run but the first."""
    _be_nice()
    from mild.training.distributed.follower import follow

    return follow(run, here, stop)


def _context(run: Run, lock: RecordLock, stop: Stop) -> int:
    """Take a run from the queue to a final state; every error ends in this outermost frame."""
    try:
        writer = RunWriter(run.folder)
    except WRITE_ERRORS as error:  # its state cannot be written either
        print(visible(_not_written(error)), file=sys.stderr)
        return 1
    writer.hold(lock)
    try:
        writer.reserve_room()
        _train_until_stopped(run, writer, stop)
    except RunTakenError as error:  # nothing here is ours to write any more
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        _fail(run, writer, error)
        return 1
    finally:
        writer.close()
    return 0


def _train_until_stopped(run: Run, writer: RunWriter, stop: Stop) -> None:
    try:
        _train(run, writer, stop)
    except Stopped:
        writer.set_state("stopped", "Stopped on request; every epoch up to here is kept.")


def _fail(run: Run, writer: RunWriter, error: Exception) -> None:
    """Say why the run ended, in its state, or in what is left of its log."""
    trace, sentence = traceback.format_exc(), _sentence(run, error)
    writer.release_room()
    try:
        if run.folder.path.is_dir():
            if isinstance(error, DivergedError):
                writer.facts(fails_again=True)
            writer.set_state("failed", sentence)
            append_log(run.folder, trace)
        else:
            print(visible(sentence), file=sys.stderr)
    except (*WRITE_ERRORS, RunTakenError):
        print(visible(sentence), file=sys.stderr)


def _train(run: Run, writer: RunWriter, stop: Stop) -> None:
    here, n = rank_from_environment(), run.config().devices
    check(here, n, run.run_id)
    if (turn := wait_for_turn(run, stop, here.local_world_size)) is None:
        writer.set_state("stopped", "Stopped while it waited for its turn.")
        return
    try:
        if n == 1:
            _train_now(run, writer, stop, turn)
            return
        from mild.training.distributed.rendezvous import Rendezvous  # and with it PyTorch

        writer.set_state("preparing", f"Loading PyTorch in {n} processes.")
        rendezvous = Rendezvous(here, stop)
        with rendezvous.explained():
            rendezvous.tell("begin")
            _train_now(run, writer, stop, turn, rendezvous)
    finally:
        turn.release()


def _train_now(
    run: Run, writer: RunWriter, stop: Stop, turn: Turn, rendezvous: Rendezvous | None = None
) -> None:
    """Train; with a `rendezvous`, as the first of several processes."""
    config = run.config()
    writer.set_state("preparing", "Reading images and labels.")
    prepared = _prepared(run, writer, stop)
    writer.set_state("preparing", "Loading PyTorch.")
    from mild.training.distributed.process_group import ALONE
    from mild.training.loop.run import train_run
    from mild.training.runtime.context import make_context

    stop.check()
    here = rank_from_environment()
    device, reason = choose_device(config.device, here)
    writer.facts(
        device=str(device), device_reason=reason, machine=platform.node(), versions=_versions(),
        gpus=gpu_uuids(device, here.local_world_size),
    )  # fmt: skip
    ranks = rendezvous.compute_together(device, run.facts()) if rendezvous else ALONE
    writer.facts(n_processes=ranks.world_size)
    context = make_context(config, prepared, device, writer, stop, ranks)
    prepared = prepared.without_images()
    end = train_run(context, run, prepared, lambda: lent(turn, stop.check))
    if rendezvous:
        rendezvous.part()
    writer.facts(training_seconds=sum(item.seconds for item in run.epochs()))
    writer.set_state("done", f"{len(end.kept_index_N):,} images kept.")


def _prepared(run: Run, writer: RunWriter, stop: Stop) -> Prepared:
    from mild.training.pipeline.prepare import prepare
    from mild.training.pipeline.reload import reload

    if run.has_checkpoint():
        return reload(run.config(), run, stop)
    if run.epochs():
        raise RunError(
            f"run {run.run_id}: its checkpoint is missing, so it cannot go on; copy the folder "
            "'checkpoint' back from a copy of the run, or start a new run."
        )
    writer.start_over()
    return prepare(run.config(), writer, stop)


def _versions() -> dict[str, str]:
    import numpy
    import torch

    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
    }


def _sentence(run: Run, error: Exception) -> str:
    if not run.folder.path.is_dir():
        return f"run {run.run_id}: its folder was removed while it was at work; it ends here."
    if isinstance(error, MildError):
        return str(error)
    if is_full(error):
        return (
            "The disk is full: make room, then resume the run. "
            "Everything up to the last committed epoch is kept."
        )
    if said := failing(error):
        return (
            f"A disk fails ({said}): see to it, then resume the run. "
            "Everything up to the last committed epoch is kept."
        )
    if isinstance(error, ModuleNotFoundError):
        return f'{error.name} is not installed here: pip install "mild[train]"'
    if type(error).__name__ == "OutOfMemoryError":
        return "The device's memory is too small for this batch size; halve it and train again."
    return f"{type(error).__name__}: {error} (the whole trace is in worker.log)"


if __name__ == "__main__":
    ending = WorkerExit()
    ending.status = main(sys.argv[1:])
