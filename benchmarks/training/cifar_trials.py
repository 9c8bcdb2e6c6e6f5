"""What trials on CIFAR-10 as files share: a subset with wrong labels, the rounds, a final stage.

Axes: N training instances, M held-out instances.
"""

from __future__ import annotations

import platform
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from mild.config import DataConfig, RunConfig, parse
from mild.core import noise
from mild.data import load as sources
from mild.data.dataset import ImageArray, LabelledImages
from mild.errors import DataError
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop.final import train_final
from mild.training.loop.rounds import RoundsEnd, run_rounds
from mild.training.models.initialise import new_network
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime.context import TrainingContext, make_context
from mild.training.runtime.device import choose_device
from mild.training.runtime.stop import Stop

IntArray = npt.NDArray[np.int64]


def load(folder: Path, image_size: int | None = None) -> LabelledImages:
    """Load the images of a folder that holds train/<class>/ and test/<class>/.

    Parameters
    ----------
    image_size
        Pixels a side; by default their own.

    Raises
    ------
    DataError
        If the folder does not hold them.
    """
    asked = DataConfig(source="train-test-folder", path=str(folder), image_size=image_size)
    return sources.load(asked, seed=0)


def subset(data: LabelledImages, seed: int, n_train: int, n_test: int, rate: float) -> Prepared:
    """Draw as many images of each class for the seed, with symmetric noise of the rate.

    The held-out images are the same for all seeds.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    n_classes = len(data.class_names)
    train_N = _of_each_class(data.given_N, n_classes, n_train, np.random.default_rng([seed, 0]))
    test_M = _of_each_class(data.test_labels_M, n_classes, n_test, np.random.default_rng(0))
    noisy = noise.corrupt(
        data.given_N[train_N],
        model="symmetric",
        rate=rate,
        n_classes=n_classes,
        rng=np.random.default_rng([seed, 1]),
        data_set="cifar10",
    )
    return Prepared(
        images=ImageArray(data.images.take(train_N).read_all()),
        given_N=noisy.given_N,
        clean_N=data.given_N[train_N],
        test_images=ImageArray(data.test_images.take(test_M).read_all()),
        test_labels_M=data.test_labels_M[test_M],
        n_classes=n_classes,
    )


def copy_some(folder: Path, to: Path, seed: int, n_train: int, n_test: int) -> None:
    """Copy as many images of each class into a folder; all seeds hold out the same ones.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    for part, n, rng in (
        ("train", n_train, np.random.default_rng([seed, 0])),
        ("test", n_test, np.random.default_rng(0)),
    ):
        classes = sorted(path for path in (folder / part).glob("*") if path.is_dir())
        if not classes:
            raise DataError(f"{folder / part} has no folder for each class; name one that has.")
        for of_class in classes:
            files, each = sorted(of_class.iterdir()), n // len(classes)
            if len(files) < each:
                raise DataError(
                    f"{of_class} has {len(files):,} images and {each:,} are needed; "
                    "name a folder with more."
                )
            (to / part / of_class.name).mkdir(parents=True)
            for index in np.sort(rng.permutation(len(files))[:each]):
                shutil.copy(files[index], to / part / of_class.name)


def circumstances(n_train: int, n_test: int) -> dict[str, Any]:
    """Return what a result is told with: versions, threads, sizes."""
    return {
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "threads": torch.get_num_threads(),
        "n_train": n_train,
        "n_test": n_test,
    }


def train_rounds(config: RunConfig, prepared: Prepared, root: Path) -> tuple[Run, IntArray]:
    """Train all rounds from a new network, as a run in `root`; return it and the kept instances."""
    trained = Run(create_run(config, root))
    with closing(RunWriter(trained.folder)) as writer:
        work = _work(config, prepared, writer)
        network, _ = new_network(work, "network")
        end = run_rounds(work, network, trained, prepared)
    return trained, end.kept_index_N


def train_last(
    config: RunConfig, prepared: Prepared, index_N: IntArray, final: dict[str, Any], root: Path
) -> Run:
    """Train a final stage with the settings `final` on `index_N`, as a run in `root`."""
    asked = parse(config.model_dump(mode="json") | {"final": final})
    finished = Run(create_run(asked, root))
    with closing(RunWriter(finished.folder)) as writer:
        work = _work(asked, prepared, writer)
        network, _ = new_network(work, "network")
        train_final(work, network, RoundsEnd(kept_index_N=index_N, n_rounds=1))
    return finished


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


def _work(config: RunConfig, prepared: Prepared, writer: RunWriter) -> TrainingContext:
    device, _ = choose_device(config.device)
    return make_context(config, prepared, device, writer, Stop())
