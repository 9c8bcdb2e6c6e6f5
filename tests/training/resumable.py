"""A run so small that it takes a second, to be killed and resumed in many places.

As a program, it kills a run with SIGKILL at a random moment, resumes it until it is done, and does
so again and again, until there were enough kills; it prints for each trial where it was killed and
what came out. Importing torch once and forking makes twenty kills take seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mild.config import RunConfig, parse
from mild.data.dataset import ImageArray
from mild.store.folder import RunFolder
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop.run import train_run
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime import checkpoint
from mild.training.runtime.context import make_context
from mild.training.runtime.stop import Stop

N, N_CLASSES, SIDE = 80, 3, 8
SETTINGS: dict[str, Any] = {
    "rounds": [4, 3],
    "optimizer": {"batch_size": 40},
    "augmentation": {"crop_padding": 1, "flip": False},
    "selection": {"min_removed_share": 0.0},
    "final": {"epochs": 2},
}
LARGE = {"batch_size": 512}
"""Batches with which an epoch of digits takes a quarter of the time."""
NOT_THE_SAME = ("seconds", "recorded", "time")


def prepared(n: int = N, *, clean_known: bool = True) -> Prepared:
    """Images whose brightness tells the class, a quarter of them with a wrong label."""
    rng = np.random.default_rng(0)
    clean_N = rng.integers(N_CLASSES, size=n)
    images = rng.integers(0, 60, (n, SIDE, SIDE, 3)) + 80 * clean_N[:, None, None, None]
    given_N = np.where(rng.random(n) < 0.25, (clean_N + 1) % N_CLASSES, clean_N)
    return Prepared(
        images=ImageArray(images.astype(np.uint8)),
        given_N=given_N,
        clean_N=clean_N if clean_known else None,
        test_images=ImageArray(images[:30].astype(np.uint8)),
        test_labels_M=clean_N[:30],
        n_classes=N_CLASSES,
    )


def config(**changes: Any) -> RunConfig:
    return parse(SETTINGS | changes)


class StopAfter(Stop):
    """Asked for the end once a run has so many epochs."""

    def __init__(self, folder: RunFolder, n_epochs: int) -> None:
        super().__init__()
        self._run, self._n_epochs = Run(folder), n_epochs

    def check(self) -> None:
        self.asked = len(self._run.epochs()) >= self._n_epochs
        super().check()


def train(
    folder: RunFolder,
    stop: Stop | None = None,
    data: Prepared | None = None,
    device: str = "cpu",
) -> Run:
    """From the run's checkpoint, or its beginning, to its end, in this process."""
    run = Run(folder)
    data = data or prepared()
    writer = RunWriter(folder)
    try:
        writer.set_state("preparing")
        if not run.has_checkpoint():
            writer.start_over()
            writer.instances(given_N=data.given_N, clean_N=data.clean_N, names=("",) * N)
            writer.thumbnails(data.images.read_all())
            test_M = data.test_labels_M
            writer.held_out(given_M=test_M, clean_M=test_M, names=("",) * len(test_M))
            writer.held_out_thumbnails(data.test_images.read_all())
            writer.facts(class_names=["a", "b", "c"], n_instances=N)
        context = make_context(run.config(), data, torch.device(device), writer, stop or Stop())
        train_run(context, run, data)
        writer.set_state("done")
    finally:
        writer.close()
    return run


def digests(run: Run) -> dict[str, str]:
    """Everything that must not depend on breaks, each by its hash."""
    parts: dict[str, Any] = {}
    for record in run.rounds():
        number = record.round
        for name in (
            "index", "status", "predictions", "losses", "margins", "held_out_predictions",
        ):  # fmt: skip
            parts[f"{name} {number}"] = getattr(run, name)(number).tobytes()
        parts[f"planted {number}"] = str(run.planted(number)).encode()
        probabilities_NC = run.probabilities(number)
        if probabilities_NC is not None:
            parts[f"probabilities {number}"] = probabilities_NC.tobytes()
        for name in ("scores", "selection"):
            for key, array in getattr(run, name)(number).items():
                parts[f"{name} {key} {number}"] = array.tobytes()
        saved = checkpoint.read(run.folder.network(number))["network"]
        parts[f"network {number}"] = _weights(saved)
    parts["weights"] = _weights(checkpoint.read(run.folder.checkpoint)["network"])
    parts["epochs"] = _records(run.epochs())
    parts["rounds"] = _records(run.rounds())
    notes = [item.sentence for item in run.events() if item.kind == "note"]
    parts["notes"] = json.dumps(notes).encode()
    parts["files"] = "\n".join(sorted(files(run.folder.path))).encode()
    return {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}


def files(folder: Path) -> list[str]:
    """Names of all files of a run but the log, and those of SQLite."""
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    return [name for name in names if not name.endswith(("-wal", "-shm", ".log"))]


def _weights(state: dict[str, torch.Tensor]) -> bytes:
    return b"".join(item.numpy().tobytes() for item in state.values())


def _records(records: list[Any]) -> bytes:
    rows = [
        {key: getattr(item, key) for key in item.__dataclass_fields__ if key not in NOT_THE_SAME}
        for item in records
    ]
    return json.dumps(rows).encode()


def _fork_training(folder: RunFolder) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        with contextlib.suppress(Exception):
            train(folder)
            status = 0
        os._exit(status)
    return pid


def _killed(folder: RunFolder, seconds: float) -> bool:
    """Train in a child that is killed after a while; False where it was done before."""
    pid = _fork_training(folder)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def _trial(root: Path, chance: random.Random, seconds: float) -> tuple[list[str], Run]:
    """A run killed up to five times and resumed to its end, and where it was killed."""
    run = Run(create_run(config(), root))
    places: list[str] = []
    while len(places) < 5 and _killed(run.folder, chance.uniform(0, seconds)):
        places.append(f"{run.recorded_state().state} after {len(run.epochs())} epochs")
    return places, train(run.folder)


def main(root: Path, n_kills: int, seed: int) -> None:
    torch.set_num_threads(1)
    chance = random.Random(seed)
    reference = digests(train(create_run(config(), root)))
    began = time.monotonic()
    os.waitpid(_fork_training(create_run(config(), root)), 0)
    seconds = time.monotonic() - began
    n_left = n_kills
    while n_left > 0:
        places, run = _trial(root, chance, seconds)
        seconds *= 1 if places else 0.7  # the machine is less busy than it was
        n_left -= len(places)
        found = digests(run)
        differing = [name for name in reference | found if reference.get(name) != found.get(name)]
        print(json.dumps({"killed": places, "differing": differing}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
