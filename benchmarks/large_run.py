"""Write a run of any size, with realistic learning, to look at and to measure the dashboard on.

    python -m benchmarks.large_run --n 50000 --epochs 590 --root runs

Clean instances are memorized early (the harder ones later), mislabeled ones late and after having
been taken for their clean class; what is memorized is now and then forgotten. No network trains.

Axes: N instances, E epochs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.judging import judge
from mild.config import RunConfig, parse
from mild.store.lock import RecordLock
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, create_run

Array = npt.NDArray[Any]

NOISE_RATE = 0.3
FORGOTTEN_RATE = 0.02
SIDE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """Who is who, and how hard each instance is."""

    clean_N: Array
    given_N: Array
    wait_N: Array
    """Share of the epochs, 0 to 1, before an instance is memorized for the first time."""
    taken_for_N: Array
    """The class it is mostly taken for until then."""


def write_large_run(
    root: Path,
    *,
    n: int,
    n_epochs: int,
    n_classes: int = 10,
    seed: int = 0,
    clean_known: bool = True,
    every: float = 0.0,
    begun: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Write a finished run of one round; meanwhile it is a run that trains, to all who look.

    Parameters
    ----------
    n
        Instances of the training set; 1,000,000 x 40 takes about a minute and 300 MB.
    n_epochs
        Epochs of the round.
    clean_known
        Whether the run knows the clean labels.
    every
        Seconds that an epoch takes at least.
    begun
        Told of the run before its first epoch.
    """
    config = _config(n, n_epochs, seed, clean_known)
    run = Run(create_run(config, root))
    rng = np.random.default_rng(seed)
    truth = _truth(rng, n, n_classes)
    lock, writer = RecordLock(run.folder.lock), RunWriter(run.folder)
    lock.acquire()
    try:
        _prepare(writer, rng, truth, n_classes, clean_known)
        begun(run)
        _train(writer, rng, truth, n_epochs, n_classes, every)
        writer.set_state("selecting", "Where is the cut?")
        _select(run, writer, config, truth, clean_known)
        writer.set_state("done", f"{n:,} instances were made up.")
    finally:
        writer.close()
        lock.release()
    return run


def _config(n: int, n_epochs: int, seed: int, clean_known: bool) -> RunConfig:
    settings: dict[str, Any] = {
        "name": f"large {n} x {n_epochs}",
        "seed": seed,
        "rounds": [n_epochs],
        "final": {"kind": "none"},
    }
    if clean_known:
        settings["noise"] = {"model": "symmetric-exclusive", "rate": NOISE_RATE}
    return parse(settings)


def _truth(rng: np.random.Generator, n: int, n_classes: int) -> Truth:
    clean_N = rng.integers(n_classes, size=n)
    wrong_N = rng.random(n) < NOISE_RATE
    other_N = (clean_N + rng.integers(1, n_classes, size=n)) % n_classes
    class_hardness = rng.uniform(0.6, 1.6, size=n_classes)
    easy_N = 0.05 * class_hardness[clean_N] * rng.gamma(0.9, 1.0, size=n)
    hard_N = rng.random(n) < 0.04
    wait_N = np.where(hard_N, rng.beta(1.2, 2.0, size=n), easy_N)
    wait_N = np.where(wrong_N, rng.beta(7.0, 1.8, size=n), wait_N)
    confused_N = (clean_N + 1 + rng.integers(2, size=n)) % n_classes
    return Truth(
        clean_N=clean_N,
        given_N=np.where(wrong_N, other_N, clean_N),
        wait_N=np.clip(wait_N, 0.0, 1.05),
        taken_for_N=np.where(wrong_N, clean_N, confused_N),
    )


def _prepare(
    writer: RunWriter, rng: np.random.Generator, truth: Truth, n_classes: int, clean_known: bool
) -> None:
    n = len(truth.clean_N)
    writer.set_state("preparing", "Making up instances.")
    clean_N = truth.clean_N if clean_known else None
    names = tuple(f"image {index:07d}" for index in range(n))
    writer.instances(given_N=truth.given_N, clean_N=clean_N, names=names)
    patterns = rng.integers(40, 216, size=(n_classes, SIDE, SIDE, 3))
    noise = rng.integers(-40, 40, size=(n, SIDE, SIDE, 3), dtype=np.int16)
    writer.thumbnails((patterns[truth.clean_N] + noise).astype(np.uint8))
    writer.facts(
        description=f"Made up: {n:,} images in {n_classes} classes",
        class_names=[f"class {label}" for label in range(n_classes)],
        n_instances=n,
        device="none",
    )
    if clean_known:
        rate = float((truth.given_N != truth.clean_N).mean())
        writer.facts(requested_noise_rate=NOISE_RATE, actual_noise_rate=rate)


def _train(
    writer: RunWriter,
    rng: np.random.Generator,
    truth: Truth,
    n_epochs: int,
    n_classes: int,
    every: float,
) -> None:
    writer.set_state("training", "Round 1 of 1.")
    writer.begin_round(0, np.arange(len(truth.given_N)), n_classes)
    for epoch in range(1, n_epochs + 1):
        began = time.monotonic()
        recorded = _epoch(rng, truth, epoch / n_epochs, n_classes)
        time.sleep(max(0.0, every - (time.monotonic() - began)))
        record = EpochRecord(
            stage=0,
            epoch=epoch,
            seconds=max(1.0, every),
            learning_rate=0.05,
            train_loss=float(recorded.losses_N.mean()),
            memorized_share=float(recorded.status_N.mean()),
            test_accuracy=0.5 + 0.4 * epoch / n_epochs,
            recorded=time.time(),
        )
        writer.end_epoch(record, recorded, epochs_left=n_epochs - epoch)


def _epoch(rng: np.random.Generator, truth: Truth, done: float, n_classes: int) -> EpochArrays:
    n = len(truth.given_N)
    draw_N = rng.random(n, dtype=np.float32)
    slack_N = truth.wait_N - done
    early_N = (slack_N > 0) & (draw_N < 0.15 * np.exp(-10 * np.maximum(slack_N, 0)))
    memorized_N = ((slack_N <= 0) & (draw_N > FORGOTTEN_RATE)) | early_N
    wandering_N = rng.random(n, dtype=np.float32) < 0.3
    anything_N = (truth.given_N + rng.integers(1, n_classes, size=n)) % n_classes
    taken_N = np.where(wandering_N, anything_N, truth.taken_for_N)
    taken_N = np.where(taken_N == truth.given_N, anything_N, taken_N)
    margins_N = np.where(memorized_N, 4 * draw_N + 0.5, -4 * draw_N - 0.5)
    return EpochArrays(
        status_N=memorized_N.astype(np.uint8),
        predictions_N=np.where(memorized_N, truth.given_N, taken_N),
        losses_N=np.log1p(np.exp(-margins_N)),
        margins_N=margins_N,
    )


def _select(
    run: Run, writer: RunWriter, config: RunConfig, truth: Truth, clean_known: bool
) -> None:
    judged = judge(
        run,
        0,
        config.selection,
        given_A=truth.given_N,
        clean_A=truth.clean_N if clean_known else None,
        seconds=0.0,
    )
    writer.end_round(judged.record, scores=judged.scores, selection=judged.arrays)


def main() -> None:
    """Print the id of a run from the command line, and write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=50_000, help="instances")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of the one round")
    parser.add_argument("--classes", type=int, default=10, help="classes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--root", type=Path, default=Path("runs"), help="runs folder")
    parser.add_argument("--every", type=float, default=0.0, help="seconds per epoch, at least")
    parser.add_argument("--clean-unknown", action="store_true", help="leave clean labels out")
    asked = parser.parse_args()
    write_large_run(
        asked.root,
        n=asked.n,
        n_epochs=asked.epochs,
        n_classes=asked.classes,
        seed=asked.seed,
        clean_known=not asked.clean_unknown,
        every=asked.every,
        begun=lambda run: print(run.run_id, flush=True),
    )


if __name__ == "__main__":
    main()
