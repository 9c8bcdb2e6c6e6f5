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
import platform
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from mild.config import DataConfig, RunConfig, parse
from mild.core import noise
from mild.data import sources
from mild.data.dataset import ImageArray, LabelledImages
from mild.errors import DataError
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.device import choose_device
from mild.training.final import train_final
from mild.training.fresh import fresh_network
from mild.training.prepare import Prepared
from mild.training.rounds import RoundsEnd, run_rounds
from mild.training.stopping import Stop
from mild.training.workplace import Workplace, lay_out

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
    """Every way for every seed, and their means.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    results = [measure(subset(data, seed, n_train, n_test), seed, ways, settings) for seed in seeds]
    return {
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "threads": torch.get_num_threads(),
        "n_train": n_train,
        "n_test": n_test,
        "seeds": results,
        "mean": {
            way: {
                key: statistics.mean(result["ways"][way][key] for result in results)
                for key in ("last", "best", "seconds")
            }
            for way in results[0]["ways"]
        },
    }


def load(folder: Path) -> LabelledImages:
    """The images of a folder that holds train/<class>/ and test/<class>/.

    Raises
    ------
    DataError
        If it does not.
    """
    return sources.load(DataConfig(source="train-test-folder", path=str(folder)), seed=0)


def measure(
    prepared: Prepared, seed: int, ways: dict[str, dict[str, Any]], settings: dict[str, Any]
) -> dict[str, Any]:
    """The round once, then a final stage in every way; each is told as soon as it is done."""
    config = parse(settings | {"seed": seed, "final": {"kind": "none"}})
    with tempfile.TemporaryDirectory() as folder:
        trained, kept_index_N = _round(config, prepared, Path(folder))
        (selected,) = trained.rounds()
        found = {EVERYTHING: _told(seed, EVERYTHING, trained, len(prepared.given_N))}
        for way, final in ways.items():
            index_N = _clean(prepared) if way == CLEAN else kept_index_N
            finished = _final(config, prepared, index_N, final, Path(folder))
            found[way] = _told(seed, way, finished, len(index_N))
    return {
        "seed": seed,
        "noise_rate": float((prepared.given_N != prepared.clean_N).mean()),
        "kept": selected.kept,
        "precision": selected.precision,
        "recall": selected.recall,
        "auroc": selected.auroc,
        "ways": found,
    }


def subset(data: LabelledImages, seed: int, n_train: int, n_test: int) -> Prepared:
    """As many images of each class, drawn for the seed, with wrong labels.

    The held-out images are the same for all seeds.
    """
    n_classes = len(data.class_names)
    train_N = _of_each_class(data.given_N, n_classes, n_train, np.random.default_rng([seed, 0]))
    test_N = _of_each_class(data.test_labels_M, n_classes, n_test, np.random.default_rng(0))
    noisy = noise.corrupt(
        data.given_N[train_N],
        model="symmetric",
        rate=RATE,
        n_classes=n_classes,
        rng=np.random.default_rng([seed, 1]),
        data_set="cifar10",
    )
    return Prepared(
        images=ImageArray(data.images.take(train_N).read_all()),
        given_N=noisy.given_N,
        clean_N=data.given_N[train_N],
        test_images=ImageArray(data.test_images.take(test_N).read_all()),
        test_labels_M=data.test_labels_M[test_N],
        n_classes=n_classes,
    )


def _of_each_class(
    labels_N: IntArray, n_classes: int, n: int, rng: np.random.Generator
) -> IntArray:
    each = n // n_classes
    found = []
    for label in range(n_classes):
        index_N = np.flatnonzero(labels_N == label)
        if len(index_N) < each:
            raise DataError(
                f"class {label} has {len(index_N):,} images and {each:,} are needed; "
                "name a folder with more."
            )
        found.append(rng.permutation(index_N)[:each])
    return np.concatenate(found)


def _clean(prepared: Prepared) -> IntArray:
    return np.flatnonzero(prepared.given_N == prepared.clean_N)


def _round(config: RunConfig, prepared: Prepared, root: Path) -> tuple[Run, IntArray]:
    trained = Run(create_run(config, root))
    with closing(RunWriter(trained.folder)) as writer:
        work = _work(config, prepared, writer)
        network, _ = fresh_network(work, "network")
        end = run_rounds(work, network, trained, prepared)
    return trained, end.kept_index_N


def _final(
    config: RunConfig, prepared: Prepared, index_N: IntArray, final: dict[str, Any], root: Path
) -> Run:
    asked = parse(config.model_dump(mode="json") | {"final": final})
    finished = Run(create_run(asked, root))
    with closing(RunWriter(finished.folder)) as writer:
        work = _work(asked, prepared, writer)
        network, _ = fresh_network(work, "network")
        train_final(work, network, RoundsEnd(kept_index_N=index_N, n_rounds=1))
    return finished


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


def _work(config: RunConfig, prepared: Prepared, writer: RunWriter) -> Workplace:
    device, _ = choose_device(config.device)
    return lay_out(config, prepared, device, writer, Stop())


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="Folder with train/ and test/.")
    parser.add_argument("--seed", type=int, action="append", help="By default 0, 1 and 2.")
    asked = parser.parse_args()
    print(json.dumps(run(load(asked.data), asked.seed or SEEDS), indent=2))


if __name__ == "__main__":
    main()
