"""Load a data set by its config: the one door for the worker, the form and the command line."""

from __future__ import annotations

from pathlib import Path

from mild.config import DataConfig
from mild.data import digits, image_folder, torchvision_sets
from mild.data.dataset import IntArray, LabelledImages, Progress
from mild.data.listed import Listed, open_listed
from mild.data.names import ON_DISK, SOURCES, TORCHVISION
from mild.data.parts import Loaded, Part
from mild.data.split import hold_out
from mild.errors import DataError

__all__ = ["SOURCES", "load", "problems"]


def load(config: DataConfig, *, seed: int, progress: Progress | None = None) -> LabelledImages:
    """Read the images and labels a run is asked to use, and hold out a test part.

    Parameters
    ----------
    seed
        The run's seed: decides the held-out part where the source has no test part of its own.
    progress
        Called with (files done, files in all) while image files are decoded.

    Raises
    ------
    DataError
        With one sentence for each problem.
    """
    found = problems(config)
    if found:
        raise DataError(" ".join(found))
    return _with_test_part(_load(config, progress), config.test_fraction, seed)


def problems(config: DataConfig) -> list[str]:
    """One sentence for each reason why `load` would fail, as far as can be told in a moment.

    Opens no image and imports nothing heavy.
    """
    if config.source not in SOURCES:
        return [f"The data set '{config.source}' is unknown. Choose one of {', '.join(SOURCES)}."]
    if config.source not in ON_DISK:
        return []
    if not config.path:
        return [f"The source '{config.source}' needs a path. Give it with --path."]
    return image_folder.folder_problems(Path(config.path))


def _load(config: DataConfig, progress: Progress | None) -> Loaded:
    if config.source == "digits":
        return digits.load()
    if config.source in TORCHVISION:
        return torchvision_sets.load(config.source, Path(config.data_root))
    return open_listed(_listed(config), config.image_size, progress)


def _listed(config: DataConfig) -> Listed:
    return image_folder.list_folder(Path(config.path or ""))


def _with_test_part(loaded: Loaded, fraction: float, seed: int) -> LabelledImages:
    if loaded.test is not None:
        return _labelled(loaded, loaded.train, loaded.test, "its own test part")
    labels_N = _trusted(loaded.train)
    train, held_out = hold_out(labels_N, fraction, seed=seed)
    how = f"held out by seed {seed}"
    if loaded.train.clean_N is None:
        how += ", labelled as given"
    return _labelled(loaded, loaded.train.take(train), loaded.train.take(held_out), how)


def _trusted(part: Part) -> IntArray:
    return part.given_N if part.clean_N is None else part.clean_N


def _labelled(loaded: Loaded, train: Part, test: Part, how: str) -> LabelledImages:
    n, height, width = train.images.shape
    size = f"{height} x {width} pixels"
    if loaded.size_reason:
        size += f" ({loaded.size_reason})"
    description = (
        f"{loaded.title}: {n:,} images of {size} in {len(loaded.class_names)} classes; "
        f"{len(test.given_N):,} to test on ({how})"
    )
    if loaded.skipped:
        description += f"; {len(loaded.skipped):,} passed over"
    return LabelledImages(
        images=train.images,
        given_N=train.given_N,
        clean_N=train.clean_N,
        class_names=loaded.class_names,
        names=train.names,
        test_images=test.images,
        test_labels_M=_trusted(test),
        skipped=loaded.skipped,
        notes=loaded.notes,
        description=description,
    )
