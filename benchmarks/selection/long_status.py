"""The status of a long round of many instances: how large, and how fast is the metric from it?"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.row import Row
from mild.core.dynamics import misclassified_counts
from mild.store.files.arrays import load_npy
from mild.store.files.rows import RowWriter

N, EPOCHS = 1_000_000, 200
LOOKED_AT = (50, 100, 150, 200)
"""Epochs at which the metric is asked for; the last needs every row of the file."""
BUDGET_SECONDS = 0.5
BUDGET_MEGABYTES = 25.1
"""The bits themselves are 25.0; a header comes first."""
REPEATS = 3


def measure(folder: Path) -> list[Row]:
    """Write such a file, as a worker does, and count with it, as the selection page does."""
    folder.mkdir()
    path = folder / "status.npy"
    rng = np.random.default_rng(0)
    writer = RowWriter(path, N // 8, np.uint8)
    for _ in range(EPOCHS):
        writer.append(rng.integers(256, size=N // 8, dtype=np.uint8))
    writer.close()
    shape = f"{N:,} x {EPOCHS}"
    size = Row(
        what=f"status of {shape} on disk", n=N, values=(path.stat().st_size / 1e6,), unit="MB",
        budget=BUDGET_MEGABYTES,
    )  # fmt: skip
    rows = [size]
    for n_epochs in LOOKED_AT:
        seconds = tuple(_count(path, n_epochs) for _ in range(REPEATS))
        what = f"metric of {shape} at epoch {n_epochs}"
        rows.append(Row(what=what, n=N, values=seconds, budget=BUDGET_SECONDS))
    return rows


def _count(path: Path, n_epochs: int) -> float:
    began = time.perf_counter()
    misclassified_N = misclassified_counts(load_npy(path), N, n_epochs=n_epochs)
    metric_N = 2 * misclassified_N - n_epochs
    assert len(metric_N) == N
    return time.perf_counter() - began
