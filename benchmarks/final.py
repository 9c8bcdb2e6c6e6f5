"""What the final stage is worth: everything, what was kept, or MixMatch, on CIFAR-10 as files.

    python -m benchmarks.final --data DIR      (or: python -m mild bench final --data DIR)

DIR holds train/<class>/ and test/<class>/. For every seed: some images of each class, wrong labels
drawn for them, one round; then, from the same kept set, a final stage in each way. The round itself
is plain training on everything, by the given labels, for as many epochs, so it is the first way.
Accuracy is on held-out images with right labels. Training on the truly clean is a ceiling, not a
method: nobody has these labels.

Axes: N training instances.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.training.cifar_trials import circumstances, load, subset, train_last, train_rounds
from mild.config import parse
from mild.data.dataset import LabelledImages
from mild.store.run import Run
from mild.training.pipeline.prepare import Prepared

SEEDS = [0, 1, 2]
N_TRAIN, N_TEST = 5_000, 2_000
RATE = 0.5
"""Requested share of symmetric noise."""
EPOCHS = 30
"""Of the round, and of every final stage."""
SETTINGS: dict[str, Any] = {
    "model": "small-cnn",
    "rounds": [EPOCHS],
    "optimizer": {"learning_rate": 0.05, "batch_size": 32, "weight_decay": 5e-4},
    "augmentation": {"crop_padding": 0, "flip": True},
}
EVERYTHING = "everything, supervised"
CLEAN = "truly clean, supervised (ceiling)"
WAYS: dict[str, dict[str, Any]] = {
    "kept, supervised": {"epochs": EPOCHS},
    "kept and dropped, MixMatch": {
        "kind": "mixmatch",
        "epochs": EPOCHS,
        "lambda_u": 25,
        "ramp_up_epochs": EPOCHS // 2,
        "ema_decay": 0.99,
    },
    CLEAN: {"epochs": EPOCHS},
    "kept, supervised, moving average": {"epochs": EPOCHS, "ema_decay": 0.99},
}
"""Settings of the final stage; chosen on seed 100."""

IntArray = npt.NDArray[np.int64]


def run(
    data: LabelledImages,
    seeds: list[int],
    ways: dict[str, dict[str, Any]] = WAYS,
    settings: dict[str, Any] = SETTINGS,
    n_train: int = N_TRAIN,
    n_test: int = N_TEST,
) -> dict[str, Any]:
    """Measure every way for every seed, and average.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    results = [
        measure(subset(data, seed, n_train, n_test, RATE), seed, ways, settings) for seed in seeds
    ]
    return circumstances(n_train, n_test) | {
        "seeds": results,
        "mean": {
            way: {
                key: statistics.mean(result["ways"][way][key] for result in results)
                for key in ("last", "best", "seconds")
            }
            for way in results[0]["ways"]
        },
    }


def measure(
    prepared: Prepared, seed: int, ways: dict[str, dict[str, Any]], settings: dict[str, Any]
) -> dict[str, Any]:
    """Train the round once, then a final stage in every way; print each when it is done."""
    config = parse(settings | {"seed": seed, "final": {"kind": "none"}})
    with tempfile.TemporaryDirectory() as folder:
        trained, kept_index_N = train_rounds(config, prepared, Path(folder))
        (selected,) = trained.rounds()
        found = {EVERYTHING: _told(seed, EVERYTHING, trained, len(prepared.given_N))}
        for way, final in ways.items():
            index_N = _clean(prepared) if way == CLEAN else kept_index_N
            finished = train_last(config, prepared, index_N, final, Path(folder))
            found[way] = _told(seed, way, finished, len(index_N))
    return {
        "seed": seed,
        "noise_rate": float((prepared.given_N != prepared.clean_N).mean()),
        "kept": len(kept_index_N),
        "precision": selected.precision,
        "recall": selected.recall,
        "auroc": selected.auroc,
        "ways": found,
    }


def _clean(prepared: Prepared) -> IntArray:
    return np.flatnonzero(prepared.given_N == prepared.clean_N)


def _told(seed: int, way: str, trained: Run, n: int) -> dict[str, Any]:
    epochs = trained.epochs()
    accuracies = [item.test_accuracy or 0.0 for item in epochs]
    result = {
        "trained_on": n,
        "last": accuracies[-1],
        "best": max(accuracies),
        "seconds": sum(item.seconds for item in epochs),
    }
    print(json.dumps({"seed": seed, "way": way} | result), file=sys.stderr, flush=True)
    return result


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="Folder with train/ and test/.")
    parser.add_argument("--seed", type=int, action="append", help="By default 0, 1 and 2.")
    asked = parser.parse_args()
    print(json.dumps(run(load(asked.data), asked.seed or SEEDS), indent=2))


if __name__ == "__main__":
    main()
