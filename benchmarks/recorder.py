"""What recording costs a loop that does nothing but pass batches forward through a small network.

    python -m benchmarks.recorder --n 50000

Both are timed in the same loop, batch by batch, so that whatever else the machine does slows both.
A loop that also goes backward takes about three times as long, and the share is a third.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

import mild
from mild.training.models.architectures.small_cnn import small_cnn

BATCH = 128
SIDE = 32
N_CLASSES = 10


def measure(n: int, n_epochs: int, n_threads: int) -> dict[str, Any]:
    """Time a batch with and without recording, in milliseconds, the end of the epoch included.

    `cpu` is the processor time of the one thread that works, which other programs do not stretch;
    `wall` is what a clock says.
    """
    torch.set_num_threads(n_threads)
    network = small_cnn(N_CLASSES, SIDE)
    images = torch.rand(BATCH, 3, SIDE, SIDE)
    given = np.arange(n) % N_CLASSES
    order = torch.from_numpy(np.random.default_rng(0).permutation(n))
    forward, update, end = _Clock(), _Clock(), _Clock()
    with (
        tempfile.TemporaryDirectory() as root,
        mild.Recorder(given, epochs=n_epochs, root=Path(root)) as recorder,
    ):
        for _ in range(n_epochs):
            for index_B in torch.split(order, BATCH):
                with forward:
                    logits_BC = network(images[: len(index_B)])
                with update:
                    recorder.update(index_B, logits_BC)
            with end:
                recorder.end_epoch()
    return {
        "n": n,
        "batches_per_epoch": len(forward.wall) // n_epochs,
        "epochs": n_epochs,
        "threads": n_threads,
        "forward_ms_per_batch": forward.milliseconds(),
        "update_ms_per_batch": update.milliseconds(),
        "end_epoch_ms": end.milliseconds(),
        "added_share_cpu": (sum(update.cpu) + sum(end.cpu)) / sum(forward.cpu),
        "added_share_wall": (sum(update.wall) + sum(end.wall)) / sum(forward.wall),
    }


class _Clock:
    """Seconds spent in each `with` block."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def __enter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.wall.append(time.perf_counter() - self._wall)
        self.cpu.append(time.thread_time() - self._cpu)

    def milliseconds(self) -> dict[str, float]:
        return {
            "wall_mean": 1000 * float(np.mean(self.wall)),
            "wall_median": 1000 * float(np.median(self.wall)),
            "cpu_mean": 1000 * float(np.mean(self.cpu)),
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.n, asked.epochs, asked.threads), indent=2))
