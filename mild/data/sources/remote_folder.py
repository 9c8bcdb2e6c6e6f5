"""Images behind an address, sorted into one folder per class, as a folder here would be listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from mild.data.class_folders import (
    PART_NAMES,
    class_problems,
    loose_note,
    other_note,
    parts_problems,
)
from mild.data.labels.encode import encode
from mild.data.remote.address import Address
from mild.data.remote.files import RemoteFile
from mild.data.remote.listing import files_below
from mild.data.sources.listed import EMPTY, FileList, Listed
from mild.data.walk import IMAGE_SUFFIXES
from mild.errors import DataError
from mild.visible import printable


@dataclass(slots=True)
class _Tree:
    """Images by class, in the order of the classes."""

    classes: dict[str, list[RemoteFile]] = field(default_factory=dict)
    n_loose: int = 0
    others: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        loose = (loose_note(self.n_loose),) if self.n_loose else ()
        return (*loose, *((other_note(self.others),) if self.others else ()))

    def labelled(self, class_names: tuple[str, ...]) -> FileList:
        """Return the files of known classes."""
        pairs = [(file, name) for name, files in self.classes.items() for file in files]
        labels_N = encode([name for _, name in pairs], class_names)
        kept = [file for (file, _), label in zip(pairs, labels_N, strict=True) if label >= 0]
        return FileList(files=tuple(kept), given_N=labels_N[labels_N >= 0])


def list_remote_folder(root: Address, *, fresh_seconds: float) -> Listed:
    """List one class per folder below an address; images may lie at any depth below it.

    Raises
    ------
    DataError
        If it cannot be reached, has no images, or only one class.
    """
    files = files_below(root, fresh_seconds=fresh_seconds)
    tree = _tree(files, depth=0)
    _check(root, tree)
    return _listed(root, tree, EMPTY, tree.notes())


def list_remote_train_test(root: Address, *, fresh_seconds: float) -> Listed:
    """List classes below train; the folders test, val, valid and validation are held out."""
    files = files_below(root, fresh_seconds=fresh_seconds)
    parts: dict[str, list[RemoteFile]] = {}
    for file in files:
        part = file.name.split("/")[0]
        if part in PART_NAMES:
            parts.setdefault(part, []).append(file)
    if "train" not in parts or len(parts) < 2:
        raise DataError(
            f"{root}: has no images in a folder 'train', or none in 'test' or 'val'. Add them, or "
            "use the source 'folder'."
        )
    train = _tree(parts.pop("train"), depth=1)
    _check(root, train)
    names = tuple(train.classes)
    trees = [_tree(files, depth=1) for files in parts.values()]
    unknown = sorted({name for tree in trees for name in tree.classes if name not in names})
    lists = [tree.labelled(names) for tree in trees]
    held_out = FileList(
        files=tuple(file for part in lists for file in part.files),
        given_N=np.concatenate([part.given_N for part in lists]),
    )
    more = (f"{name}: is not a class of train and was left out." for name in unknown)
    return _listed(root, train, held_out, (*train.notes(), *more))


def _listed(root: Address, tree: _Tree, test: FileList, notes: tuple[str, ...]) -> Listed:
    names = tuple(tree.classes)
    return Listed(
        root=Path(str(root)),
        train=tree.labelled(names),
        test=test,
        class_names=names,
        title=f"Folder {printable(str(root))}",
        notes=notes,
    )


def _tree(files: list[RemoteFile], *, depth: int) -> _Tree:
    """Sort files by the folder at this depth below the root; their names begin at the root."""
    tree = _Tree()
    for file in files:
        parts = file.name.split("/")[depth:]
        suffix = PurePosixPath(file.address.name).suffix.lower()
        if suffix not in IMAGE_SUFFIXES:
            tree.others[suffix] += len(parts) > 1
        elif len(parts) < 2:
            tree.n_loose += 1
        else:
            tree.classes.setdefault(parts[0], []).append(file)
    tree.others = +tree.others
    return tree


def _check(root: Address, tree: _Tree) -> None:
    shown, names = printable(str(root)), list(tree.classes)
    if problems := parts_problems(shown, names) or class_problems(shown, names, tree.n_loose > 0):
        raise DataError(" ".join(problems))
