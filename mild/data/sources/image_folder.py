"""Images sorted into one sub-folder per class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from mild.config import DataConfig
from mild.data.class_folders import (
    PART_NAMES,
    class_problems,
    folders_within,
    loose_note,
    nested_note,
    other_note,
    parts_problems,
)
from mild.data.dataset import IntArray
from mild.data.labels.encode import encode
from mild.data.places import path_of
from mild.data.remote.address import address_of, address_problems
from mild.data.remote.listing import FRESH_SECONDS
from mild.data.sources.listed import FileList, Listed
from mild.data.sources.remote_folder import list_remote_folder, list_remote_train_test
from mild.data.sources.source import Source
from mild.data.table import is_table
from mild.data.walk import has_images, images_below, images_directly_in, subfolders
from mild.errors import DataError
from mild.visible import printable


def list_folder(root: Path) -> Listed:
    """List one class per sub-folder, in order of name; images may lie at any depth below it.

    Raises
    ------
    DataError
        If there is no such folder, no image in it, or only one class.
    """
    problems = folder_problems(root)
    if problems:
        raise DataError(" ".join(problems))
    files, labels, names, notes = _by_class(root)
    return Listed(
        root=root,
        train=FileList(files=files, given_N=labels),
        class_names=names,
        title=f"Folder {printable(root.name or str(root))}",
        notes=notes,
    )


def list_train_test(root: Path) -> Listed:
    """List classes below `train`; the folders test, val, valid and validation are held out.

    Held-out images of a class that `train` lacks are passed over.
    """
    problems = train_test_problems(root)
    if problems:
        raise DataError(" ".join(problems))
    files, labels, class_names, notes = _by_class(root / "train")
    held_out = [_held_out(folder, class_names) for folder in _test_folders(root)]
    return Listed(
        root=root,
        train=FileList(files=files, given_N=labels),
        test=FileList(
            files=tuple(file for part in held_out for file in part[0]),
            given_N=np.concatenate([part[1] for part in held_out]),
        ),
        class_names=class_names,
        title=f"Folder {printable(root.name or str(root))}",
        notes=(*notes, *(note for part in held_out for note in part[2])),
    )


def train_test_problems(root: Path) -> list[str]:
    """Say what is wrong with the folders, as far as names alone show."""
    where = printable(root)
    if not root.is_dir():
        return folder_problems(root)
    if not (root / "train").is_dir():
        return [f"{where}: has no sub-folder 'train'. Put one sub-folder per class into it."]
    problems = folder_problems(root / "train")
    if not any(has_images(folder) for folder in _test_folders(root)):
        problems.append(
            f"{where}: has no images in a sub-folder 'test' or 'val'. Add them, or use the source "
            f"'folder' on {where}/train, which needs none."
        )
    return problems


def folder_problems(root: Path) -> list[str]:
    """Say what is wrong with the folder, as far as names alone show."""
    where = printable(root)
    if not root.is_dir():
        what = f"{where} is a file, not a folder." if root.exists() else f"{where} is not there."
        return [
            f"{what} Give the path of the folder that holds one sub-folder of images per class."
            f"{_as_a_table(root)}"
        ]
    try:
        classes = [folder.name for folder in subfolders(root)]
        with_images = [name for name in classes if has_images(root / name)]
        table = next((file for file in sorted(root.iterdir()) if is_table(file)), None)
    except OSError as error:
        return [f"{where}: cannot be listed ({error.strerror}). Make the folder readable."]
    found = parts_problems(where, with_images) or class_problems(
        where, with_images, bool(images_directly_in(root))
    )
    return [f"{item}{_as_a_table(table)}" for item in found]


def _as_a_table(file: Path | None) -> str:
    """Say what to do where labels may stand in a table; nothing where there is none."""
    if file is None or not is_table(file):
        return ""
    return (
        f" If the labels stand in {printable(file.name)}, choose the source for a CSV or Parquet "
        "file (manifest), and give its path."
    )


def _test_folders(root: Path) -> list[Path]:
    return [folder for folder in subfolders(root) if folder.name in PART_NAMES - {"train"}]


def _held_out(
    root: Path, class_names: tuple[str, ...]
) -> tuple[tuple[str, ...], IntArray, list[str]]:
    files, labels, names, notes = _by_class(root)
    labels_M = encode([names[label] for label in labels], class_names)
    unknown = [name for name in names if name not in class_names]
    more = [f"{root.name}/{name}: is not a class of train and was left out." for name in unknown]
    known = tuple(file for file, label in zip(files, labels_M, strict=True) if label >= 0)
    return known, labels_M[labels_M >= 0], [*notes, *more]


def _by_class(root: Path) -> tuple[tuple[str, ...], IntArray, tuple[str, ...], tuple[str, ...]]:
    notes: list[str] = []
    files: list[str] = []
    labels: list[int] = []
    names: list[str] = []
    others: Counter[str] = Counter()
    below: dict[str, set[str]] = {}
    for folder in subfolders(root):
        members = list(images_below(folder, notes, others))
        if not members:
            notes.append(f"The class '{printable(folder.name)}' has no images and was left out.")
            continue
        files += members
        labels += [len(names)] * len(members)
        names.append(printable(folder.name))
        below[folder.name] = folders_within(folder, members)
    nested = nested_note(below)
    if nested is not None:
        notes.append(nested)
    n_loose = len(images_directly_in(root))
    if n_loose:
        notes.append(loose_note(n_loose))
    if others:
        notes.append(other_note(others))
    return tuple(files), np.array(labels, dtype=np.int64), tuple(names), tuple(notes)


def _list_folder(config: DataConfig, *, fresh_seconds: float = 0.0) -> Listed:
    address = address_of(config.path or "")
    if address is None:
        return list_folder(path_of(config))
    return list_remote_folder(address, fresh_seconds=fresh_seconds)


def _list_train_test(config: DataConfig, *, fresh_seconds: float = 0.0) -> Listed:
    address = address_of(config.path or "")
    if address is None:
        return list_train_test(path_of(config))
    return list_remote_train_test(address, fresh_seconds=fresh_seconds)


def _problems(here: Callable[[Path], list[str]]) -> Callable[[DataConfig], list[str]]:
    """Check a folder here, or an address, which is not asked for anything."""

    def problems(config: DataConfig) -> list[str]:
        address = address_of(config.path or "")
        return here(path_of(config)) if address is None else address_problems(address)

    return problems


FOLDER = Source(
    name="folder",
    label="Your images: one sub-folder per class",
    order=20,
    list_files=_list_folder,
    list_here=partial(_list_folder, fresh_seconds=FRESH_SECONDS),
    problems=_problems(folder_problems),
    needs_path=True,
    takes_addresses=True,
    own=True,
)
TRAIN_TEST_FOLDER = Source(
    name="train-test-folder",
    label="Your images: train/<class>/ and test/<class>/ or val/<class>/",
    order=30,
    list_files=_list_train_test,
    list_here=partial(_list_train_test, fresh_seconds=FRESH_SECONDS),
    problems=_problems(train_test_problems),
    needs_path=True,
    takes_addresses=True,
)
