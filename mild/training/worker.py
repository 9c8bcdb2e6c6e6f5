"""The worker: one process, one run, from `queued` to its end.

Started as `python -m mild.training.worker RUN`, with the run's folder or its id. SIGTERM asks it
to end at the next batch. It ignores SIGINT and SIGHUP, which are meant for the terminal it may
share.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path

from mild.errors import MildError, RunError
from mild.store.folder import RunFolder, find_run
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.writer import RunWriter, append_log
from mild.training.device import choose_device, wait_for_turn
from mild.training.stopping import Stop, Stopped

NICENESS = 5
"""The dashboard on the same machine goes first."""


def main(arguments: list[str]) -> int:
    """Work on one run; the exit status is 0 unless the run could not be worked on or failed."""
    stop = Stop()
    stop.listen()
    if len(arguments) != 1:
        print("usage: python -m mild.training.worker RUN", file=sys.stderr)
        return 2
    try:
        given = Path(arguments[0])
        folder = RunFolder(given.absolute()) if given.is_dir() else find_run(arguments[0])
        lock = RecordLock(folder.lock)
        if not lock.acquire():
            raise RunError(f"run {folder.run_id}: another worker is at work on it; stop it first.")
        run = Run(folder)
        if run.recorded_state().state != "queued":
            raise RunError(f"run {folder.run_id} has begun before; start a new run.")
    except MildError as error:
        print(error, file=sys.stderr)
        return 1
    os.nice(NICENESS)
    return _work(run, stop)


def _work(run: Run, stop: Stop) -> int:
    """From the queue to a final state; the outermost frame, where every error ends."""
    writer = RunWriter(run.folder)
    try:
        _train(run, writer, stop)
    except Stopped:
        writer.set_state("stopped", "Stopped on request; every epoch up to here is kept.")
    except Exception as error:
        append_log(run.folder, traceback.format_exc())
        writer.set_state("failed", _sentence(error))
        return 1
    finally:
        writer.close()
    return 0


def _train(run: Run, writer: RunWriter, stop: Stop) -> None:
    config = run.config()
    if (turn := wait_for_turn(run, config.device, stop)) is None:
        writer.set_state("stopped", "Stopped while it waited for its turn.")
        return
    try:
        _train_now(run, writer, stop)
    finally:
        turn.release()


def _train_now(run: Run, writer: RunWriter, stop: Stop) -> None:
    from mild.training.prepare import prepare

    config = run.config()
    writer.set_state("preparing", "Reading images and labels.")
    prepared = prepare(config, writer, stop)
    writer.set_state("preparing", "Loading PyTorch.")
    from mild.training.final import train_final
    from mild.training.models import build_network
    from mild.training.rounds import run_rounds
    from mild.training.seeds import torch_seed
    from mild.training.workplace import lay_out

    stop.check()
    device, reason = choose_device(config.device)
    writer.facts(device=str(device), device_reason=reason, versions=_versions())
    work = lay_out(config, prepared, device, writer, stop)
    seed = torch_seed(config.seed, "network")
    network, weights = build_network(config, prepared.n_classes, work.image_size, seed)
    network = work.to_device(network)
    writer.facts(weights=weights, n_parameters=sum(item.numel() for item in network.parameters()))
    began = time.monotonic()
    end = run_rounds(work, network, run, prepared)
    train_final(work, network, end)
    writer.facts(training_seconds=time.monotonic() - began)
    writer.set_state("done", f"{len(end.kept_index_N):,} instances kept.")


def _versions() -> dict[str, str]:
    import platform

    import numpy
    import torch

    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
    }


def _sentence(error: Exception) -> str:
    if isinstance(error, MildError):
        return str(error)
    if isinstance(error, OSError) and error.errno == 28:  # ENOSPC
        return "The disk is full: make room, then train again. Every committed epoch is kept."
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed; run pip install -r requirements.txt."
    if type(error).__name__ == "OutOfMemoryError":
        return "The device's memory is too small for this batch size; halve it and train again."
    return f"{type(error).__name__}: {error} (the whole trace is in worker.log)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
