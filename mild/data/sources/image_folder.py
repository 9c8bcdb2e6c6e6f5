"""Images sorted into one sub-folder per class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from mild.data.dataset import IntArray
from mild.data.images.decode import printable
from mild.data.labels.encode import encode
from mild.data.places import path_of
from mild.data.sources.listed import FileList, Listed
from mild.data.sources.source import Source
from mild.data.walk import has_images, images_below, images_directly_in, subfolders
from mild.errors import DataError

NAMED_KINDS = 3
"""Of files that are no images, how many endings of names are told."""
PART_NAMES = frozenset({"train", "test", "val", "valid", "validation"})


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
    if not root.is_dir() or not (root / "train").is_dir():
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
        return [
            f"{where}: {'is a file, not' if root.exists() else 'is not'} a folder. "
            "Give the path of the folder that holds one sub-folder of images per class."
        ]
    try:
        classes = [folder.name for folder in subfolders(root)]
        with_images = [name for name in classes if has_images(root / name)]
    except OSError as error:
        return [f"{where}: cannot be listed ({error.strerror}). Make the folder readable."]
    if "train" in with_images and PART_NAMES.issuperset(with_images):
        return [
            f"{where}: holds the parts {', '.join(with_images)}, not classes. "
            "Use the source 'train-test-folder'."
        ]
    return _class_problems(where, with_images, bool(images_directly_in(root)))


def _class_problems(where: str, with_images: list[str], has_loose: bool) -> list[str]:
    if len(with_images) > 1:
        return []
    advice = "Put the images of each class into a sub-folder of their own."
    if with_images:
        name = printable(with_images[0])
        return [f"{where}: has images of one class, '{name}', but two are needed. {advice}"]
    if has_loose:
        return [f"{where}: has images, but none in a sub-folder named after its class. {advice}"]
    return [f"{where}: has no images in its sub-folders. {advice}"]


def _test_folders(root: Path) -> list[Path]:
    return [folder for folder in subfolders(root) if folder.name in PART_NAMES - {"train"}]


def _held_out(
    root: Path, class_names: tuple[str, ...]
) -> tuple[tuple[str, ...], IntArray, list[str]]:
    files, labels, names, notes = _by_class(root)
    labels_M = encode([names[label] for label in labels], class_names)
    unknown = [name for name in names if name not in class_names]
    more = [f"{root.name}/{name}: is no class of train and was left out." for name in unknown]
    known = tuple(file for file, label in zip(files, labels_M, strict=True) if label >= 0)
    return known, labels_M[labels_M >= 0], [*notes, *more]


def _by_class(root: Path) -> tuple[tuple[str, ...], IntArray, tuple[str, ...], tuple[str, ...]]:
    notes: list[str] = []
    files: list[str] = []
    labels: list[int] = []
    names: list[str] = []
    others: Counter[str] = Counter()
    for folder in subfolders(root):
        members = list(images_below(folder, notes, others))
        if not members:
            notes.append(f"The class '{printable(folder.name)}' has no images and was left out.")
            continue
        files += members
        labels += [len(names)] * len(members)
        names.append(printable(folder.name))
    n_loose = len(images_directly_in(root))
    if n_loose:
        lie, were = ("image lies", "was") if n_loose == 1 else ("images lie", "were")
        notes.append(f"{n_loose} {lie} in no class folder and {were} passed over.")
    if others:
        notes.append(_passed_over(others))
    return tuple(files), np.array(labels, dtype=np.int64), tuple(names), tuple(notes)


def _passed_over(others: Counter[str]) -> str:
    n = others.total()
    kinds = ", ".join(printable(kind) for kind, _ in others.most_common(NAMED_KINDS) if kind)
    files = "1 file that is no image" if n == 1 else f"{n:,} files that are no images"
    return f"{files}{f' ({kinds})' if kinds else ''} {'was' if n == 1 else 'were'} passed over."


FOLDER = Source(
    name="folder",
    label="Your images: one sub-folder per class",
    order=20,
    list_files=lambda config: list_folder(path_of(config)),
    problems=lambda config: folder_problems(path_of(config)),
    needs_path=True,
    own=True,
)
TRAIN_TEST_FOLDER = Source(
    name="train-test-folder",
    label="Your images: train/<class>/ and test/<class>/ or val/<class>/",
    order=30,
    list_files=lambda config: list_train_test(path_of(config)),
    problems=lambda config: train_test_problems(path_of(config)),
    needs_path=True,
)
