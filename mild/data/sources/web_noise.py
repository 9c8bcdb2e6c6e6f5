"""Data sets collected from the web, with labels nobody checked: WebVision and Clothing1M.

Both come as text files of "image path, blank, label number"; both have a part whose labels people
checked, which is held out to test on.
WebVision 1.0: Li et al. 2017, arXiv 1708.02862. Clothing1M: Xiao et al., CVPR 2015.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mild.data.labels.encode import unique_names
from mild.data.places import path_of
from mild.data.sources.listed import FileList, Listed
from mild.data.sources.source import Source
from mild.errors import DataError
from mild.visible import printable

WEBVISION_TRAIN = ("train_filelist_google.txt", "train_filelist_flickr.txt")
WEBVISION_TEST = "val_filelist.txt"
WEBVISION_TEST_FOLDERS = ("val_images_256", "val_images", "val")
CLOTHING_TRAIN = ("noisy_train_key_list.txt", "noisy_label_kv.txt")
CLOTHING_TEST = ("clean_val_key_list.txt", "clean_label_kv.txt")
CLOTHING_NAMES = "category_names_eng.txt"

Pairs = list[tuple[str, int]]
"""(path, label number)."""


def webvision_problems(root: Path) -> list[str]:
    """Say which of the lists are missing."""
    info = root / "info"
    problems = []
    if not any((info / name).is_file() for name in WEBVISION_TRAIN):
        problems.append(_missing(info, " or ".join(WEBVISION_TRAIN), "WebVision"))
    if not (info / WEBVISION_TEST).is_file():
        problems.append(_missing(info, WEBVISION_TEST, "WebVision"))
    return problems


def list_webvision(root: Path, n_classes: int | None) -> Listed:
    """List images found by Google and, if listed, by Flickr; the validation part is held out.

    Parameters
    ----------
    n_classes
        Only the first so many classes; None takes all.
    """
    info = root / "info"
    skipped: list[str] = []
    lists = [info / name for name in WEBVISION_TRAIN if (info / name).is_file()]
    train = [pair for file in lists for pair in _pairs(file, skipped)]
    test_folder = next((f for f in WEBVISION_TEST_FOLDERS if (root / f).is_dir()), "")
    test = [(f"{test_folder}/{key}", i) for key, i in _pairs(info / WEBVISION_TEST, skipped)]
    train, test = (_first(pairs, n_classes) for pairs in (train, test))
    return _listed(root, "WebVision", train, test, _synset_names(info / "synsets.txt"), skipped)


def clothing_problems(root: Path) -> list[str]:
    """Say which of the lists are missing."""
    names = (*CLOTHING_TRAIN, *CLOTHING_TEST)
    return [_missing(root, name, "Clothing1M") for name in names if not _annotation(root, name)]


def list_clothing(root: Path) -> Listed:
    """List the noisy training part; the clean validation part is held out."""
    skipped: list[str] = []
    train = _keyed(root, CLOTHING_TRAIN, skipped)
    test = _keyed(root, CLOTHING_TEST, skipped)
    file = _annotation(root, CLOTHING_NAMES)
    names = [line.strip() for line in _lines(file) if line.strip()] if file else []
    return _listed(root, "Clothing1M", train, test, names, skipped)


def _listed(
    root: Path, title: str, train: Pairs, test: Pairs, names: Sequence[str], skipped: list[str]
) -> Listed:
    if not train:
        raise DataError(f"{printable(root)}: the lists of {title} name no image to train on.")
    n_classes = max(label for _, label in train + test) + 1
    names = [*names[:n_classes], *(str(label) for label in range(len(names), n_classes))]
    return Listed(
        root=root,
        train=_files(root, train),
        test=_files(root, test),
        class_names=unique_names([printable(name) for name in names]),
        title=title,
        skipped=tuple(skipped),
    )


def _files(root: Path, pairs: Pairs) -> FileList:
    return FileList(
        files=tuple(os.path.join(root, key) for key, _ in pairs),  # noqa: PTH118 - for speed
        given_N=np.array([label for _, label in pairs], dtype=np.int64),
    )


def _first(pairs: Pairs, n_classes: int | None) -> Pairs:
    return pairs if n_classes is None else [pair for pair in pairs if pair[1] < n_classes]


def _keyed(root: Path, names: tuple[str, str], skipped: list[str]) -> Pairs:
    """Match the keys of one list with their labels in another; both are there, as was checked."""
    keys, values = (root / (_annotation(root, name) or name) for name in names)
    label_of = dict(_pairs(values, skipped))
    found: Pairs = []
    for key in dict.fromkeys(line.strip() for line in _lines(keys)):
        if key in label_of:
            found.append((key, label_of[key]))
        elif key:
            skipped.append(f"{printable(key)}: has no label in {names[1]}, so it was passed over.")
    return found


def _annotation(root: Path, name: str) -> Path | None:
    places = (root / name, root / "annotations" / name)
    return next((file for file in places if file.is_file()), None)


def _pairs(file: Path, skipped: list[str]) -> Pairs:
    pairs: dict[str, int] = {}
    for number, line in enumerate(_lines(file), start=1):
        key, _, label = line.strip().rpartition(" ")
        where = f"{printable(file.name)}, line {number}"
        if not line.strip():
            continue
        if not key or not (label.isascii() and label.isdecimal() and len(label) < 6):
            skipped.append(f"{where}: is not a path and a label number, so it was passed over.")
        elif key in pairs:
            skipped.append(f"{where}: lists {printable(key)} again, so it was passed over.")
        else:
            pairs[key] = int(label)
    return list(pairs.items())


def _synset_names(file: Path) -> list[str]:
    """Shorten 'n01440764 tench, Tinca tinca' to tench."""
    if not file.is_file():
        return []
    return [line.strip().partition(" ")[2].split(",")[0] or line.strip() for line in _lines(file)]


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()


def _missing(folder: Path, name: str, title: str) -> str:
    return (
        f"{printable(folder)}: the list {name} is missing. "
        f"Give the folder into which {title} was unpacked."
    )


WEBVISION = Source(
    name="webvision",
    label="WebVision 1.0 as unpacked: images from web search with its info/ lists",
    order=60,
    list_files=lambda config: list_webvision(path_of(config), config.n_classes),
    problems=lambda config: webvision_problems(path_of(config)),
    needs_path=True,
    takes_n_classes=True,
)
CLOTHING1M = Source(
    name="clothing1m",
    label="Clothing1M as unpacked: clothes from web shops with its key and label lists",
    order=65,
    list_files=lambda config: list_clothing(path_of(config)),
    problems=lambda config: clothing_problems(path_of(config)),
    needs_path=True,
)
