"""What images that are decoded as they are needed save in memory, and cost in time.

    python -m benchmarks.pipelines --n 12000 --side 224

Trains the same run on the same JPEG files by each pipeline in turn, for a while, and prints images
per second and the most memory that all processes of the run took together.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from mild import jobs
from mild.config import RunConfig, parse
from mild.store.run import Run

FILE_SIDE = 256
"""Pixels."""
N_DISTINCT = 200
"""Files of each class that are written; the others are further names of them."""


def main() -> None:
    """Time both pipelines on the images asked for, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=12_000)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=60, help="of training, after the first")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MILD_RUNS_DIR"] = str(Path(folder) / "runs")
        pictures = _pictures(Path(folder) / "pictures", asked.n)
        for pipeline in ("resident", "streaming"):
            run = jobs.start(_config(pictures, asked.side, pipeline, asked.workers))
            rate, n_bytes = _watched(run, asked.seconds)
            print(f"{pipeline:10} {rate:7.1f} images/s, {n_bytes / 1e9:.2f} GB", flush=True)


def _pictures(root: Path, n: int) -> Path:
    rng = np.random.default_rng(0)
    for name, brightness in (("dark", 0), ("light", 100)):
        (root / name).mkdir(parents=True)
        files = [root / name / f"{number:06}.jpg" for number in range(n // 2)]
        for number, file in enumerate(files):
            if number >= N_DISTINCT:
                file.hardlink_to(files[number % N_DISTINCT])
                continue
            coarse = (brightness + rng.integers(0, 150, (16, 16, 3))).astype(np.uint8)
            Image.fromarray(coarse).resize((FILE_SIDE, FILE_SIDE)).save(file)
    return root


def _config(pictures: Path, side: int, pipeline: str, workers: int | None) -> RunConfig:
    data = {"source": "folder", "path": str(pictures), "image_size": side}
    return parse({"data": data | {"pipeline": pipeline, "workers": workers}, "rounds": [1000]})


def _watched(run: Run, seconds: float) -> tuple[float, int]:
    """Return images per second of training, and the most bytes of all processes at one time."""
    most, began, at_first = 0, 0.0, 0.0
    while True:
        state = run.state()
        if not state.live:
            raise SystemExit(state.sentence)
        if state.pid is not None:
            most = max(most, _memory(state.pid))
        done, now = (state.epoch or 1) - 1 + (state.share_of_epoch or 0.0), state.heartbeat or 0.0
        if state.state == "training" and done > 0 and not began:
            began, at_first = now, done
        if began and now - began > seconds:
            jobs.stop(run)
            while run.state().live:
                time.sleep(0.1)
            return (done - at_first) * run.facts()["n_instances"] / (now - began), most
        time.sleep(0.2)


def _memory(pid: int) -> int:
    """Count the bytes of a process and all below it; what they share is counted once."""
    total = 0
    with suppress(psutil.Error):
        worker = psutil.Process(pid)
        for process in (worker, *worker.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total


if __name__ == "__main__":
    main()
