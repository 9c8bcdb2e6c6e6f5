"""A few images of a data set and its class balance, at once and without torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from mild.config import DataConfig
from mild.data.dataset import ImageFiles, IntArray, UInt8Array
from mild.data.images.decode import called, size_of
from mild.data.labels.classes import without_empty_classes
from mild.data.labels.overlay import apply_overlay, read_overlay
from mild.data.labels.overlay_file import TORCH_SUFFIXES
from mild.data.load import listed, problems
from mild.data.parts import Loaded, Part
from mild.data.places import labels_path_of
from mild.data.remote.fetching import fetch_all, is_here
from mild.data.sources import SOURCES
from mild.data.sources.listed import FileList, Listed, relative_names
from mild.errors import DataError

PREVIEW_PURPOSE = 0x9E1EC7
PREVIEW_SIZE = 64
N_SIZES = 200
"""Image files of which the size is looked at."""
MOST = 0.5
"""Share of the images that a size must have to be called theirs."""
Spread = Literal["all", "mostly", "many"]
"""How far the images are of one size."""
TRIES = 4
"""Files opened at most for each image wanted, so that a folder of broken files answers, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How large the images are, in pixels; width first, as people say it."""

    usual: tuple[int, int]
    """Of most of them; where no size is, of the one in the middle by area."""
    share: float
    """Of the images that have the commonest size, 0 to 1."""
    smallest: tuple[int, int]
    largest: tuple[int, int]
    """By their area."""

    @property
    def of(self) -> Spread:
        """Whether all images that were looked at have one size, most of them, or neither."""
        if self.smallest == self.largest:
            return "all"
        return "mostly" if self.share >= MOST else "many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A handful of training images and how many there are of each class.

    Counts are of what is listed: the held-out share is not taken off yet, and unreadable images
    are known only after loading.
    """

    images: UInt8Array
    """Shape (n, h, w, 3)."""
    labels: IntArray
    """Shape (n,), given labels as positions in `class_names`."""
    names: tuple[str, ...]
    class_names: tuple[str, ...]
    n_per_class: IntArray
    """Shape (C,), by given label."""
    n_images: int
    holds_out: bool
    """Whether a share of these will be held out, because the data set has no test part."""
    n_test: int = 0
    """Images of a test part of its own, where it was looked at."""
    sizes: Sizes | None = None
    """None where no image was opened."""
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """What is not trained on, a sentence each, as far as it shows now: rows of a table without a
    label, and the unreadable among the images that were opened."""


def preview(config: DataConfig, *, n: int = 20, seed: int = 0) -> Preview | None:
    """Pick up to `n` images, as evenly from the classes as can be.

    Returns
    -------
    None where the pictures cannot be had without torch or without downloading.

    Raises
    ------
    DataError
        If the data set cannot be loaded as asked.
    """
    found = problems(config)
    if found:
        raise DataError(" ".join(found))
    loaded = _load_without_torch(config)
    if loaded is None:
        return None
    loaded, notes = _overlaid(loaded, config)
    loaded = without_empty_classes(loaded)
    given_N = loaded.train.given_N
    picked, images, unreadable = _read_some(loaded.train, n, seed)
    return Preview(
        images=images,
        labels=given_N[picked],
        names=tuple(loaded.train.names[i] for i in picked),
        class_names=loaded.class_names,
        n_per_class=np.bincount(given_N, minlength=len(loaded.class_names)),
        n_images=len(given_N),
        holds_out=loaded.test is None and not SOURCES[config.source].has_test_part,
        n_test=len(loaded.test.given_N) if loaded.test else 0,
        sizes=_sizes(loaded.train, seed) if n else None,
        notes=(*loaded.notes, *notes),
        skipped=(*loaded.skipped, *unreadable),
    )


def _load_without_torch(config: DataConfig) -> Loaded | None:
    files = listed(config)
    if files is not None:
        return _unopened(files, config.image_size or PREVIEW_SIZE)
    glance = SOURCES[config.source].glance
    return glance(config) if glance else None


def _unopened(files: Listed, size: int) -> Loaded:
    """List the files; one is decoded when it is picked."""
    return Loaded(
        train=_part(files.train, files.root, size),
        test=_part(files.test, files.root, size) if files.test.files else None,
        class_names=files.class_names,
        title=files.title,
        n_listed=len(files.train.files),
        skipped=files.skipped,
        notes=files.notes,
    )


def _part(listed: FileList, root: Path, size: int) -> Part:
    return Part(
        images=ImageFiles(listed.files, (size, size)),
        given_N=listed.given_N,
        clean_N=listed.clean_N,
        names=tuple(relative_names(listed.files, root)),
        position_N=np.arange(len(listed.files), dtype=np.int64),
    )


def _overlaid(loaded: Loaded, config: DataConfig) -> tuple[Loaded, tuple[str, ...]]:
    path = labels_path_of(config)
    if path is None:
        return loaded, ()
    if path.suffix.lower() in TORCH_SUFFIXES:
        return loaded, (f"The labels in {path.name} are read when training starts, not here.",)
    overlay = read_overlay(path, config.labels_column)
    train, _, note = apply_overlay(loaded.train, overlay, loaded.class_names, loaded.n_listed)
    return replace(loaded, train=train), (note,)


def _sizes(part: Part, seed: int) -> Sizes | None:
    """Measure all images in memory, or some files; None where none of these can be read."""
    images = part.images
    if isinstance(images, ImageFiles):
        files = (images.files[i] for i in islice(_in_turn(part.given_N, seed), N_SIZES))
        here = (file for file in files if is_here(file))
        found = [size for file in here if (size := size_of(file)) is not None]
    else:
        _, height, width = images.shape
        found = [(width, height)]
    if not found:
        return None
    commonest, n_commonest = Counter(found).most_common(1)[0]
    by_area = sorted(found, key=lambda size: size[0] * size[1])
    share = n_commonest / len(found)
    usual = commonest if share >= MOST else by_area[len(by_area) // 2]
    return Sizes(usual=usual, share=share, smallest=by_area[0], largest=by_area[-1])


def _read_some(part: Part, n: int, seed: int) -> tuple[IntArray, UInt8Array, list[str]]:
    """Read images class by class in turn, until there are `n`; a sentence for each unreadable."""
    found: dict[int, UInt8Array] = {}
    unreadable: list[str] = []
    if isinstance(part.images, ImageFiles):
        first = islice(_in_turn(part.given_N, seed), n)
        fetch_all([part.images.files[index] for index in first], None, None)
    for index in islice(_in_turn(part.given_N, seed), n * TRIES):
        try:
            found[index] = part.images.read(index)
        except DataError as error:
            unreadable.append(str(error).replace(str(_file(part, index)), part.names[index]))
            continue
        if len(found) == n:
            break
    picked = sorted(found, key=lambda index: (part.given_N[index], index))
    if not picked:
        _, height, width = part.images.shape
        return np.empty(0, dtype=np.int64), np.empty((0, height, width, 3), np.uint8), unreadable
    return np.array(picked), np.stack([found[index] for index in picked]), unreadable


def _file(part: Part, index: int) -> str:
    """Name an image as its error does: the whole path of a file, which people know by its name."""
    images = part.images
    return called(images.files[index]) if isinstance(images, ImageFiles) else part.names[index]


def _in_turn(labels_N: IntArray, seed: int) -> Iterator[int]:
    """Order every instance once: one of each class, then another of each, at random."""
    generator = np.random.default_rng([seed, PREVIEW_PURPOSE])
    shuffled_N = generator.permutation(len(labels_N))
    by_class = shuffled_N[np.argsort(labels_N[shuffled_N], kind="stable")]
    labels = labels_N[by_class]
    turn_N = np.arange(len(labels)) - np.searchsorted(labels, labels)
    order = np.lexsort((generator.permutation(int(labels.max(initial=0)) + 1)[labels], turn_N))
    return (int(index) for index in by_class[order])
