"""A source that is a list of files: from paths and labels to images."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mild.data.dataset import Images, IntArray, Progress
from mild.data.images.files import OpenedFiles, larger_pictures, open_files
from mild.data.images.image_file import ImageFile
from mild.data.parts import Loaded, Part
from mild.visible import printable


@dataclass(frozen=True, kw_only=True, slots=True)
class FileList:
    """Image files with labels, none of them opened yet."""

    files: tuple[ImageFile, ...]
    given_N: IntArray
    clean_N: IntArray | None = None


EMPTY = FileList(files=(), given_N=np.empty(0, dtype=np.int64))


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A whole source as lists of files."""

    root: Path
    train: FileList
    test: FileList = EMPTY
    """Empty where the source has no test part of its own."""
    class_names: tuple[str, ...]
    title: str
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def open_listed(
    listed: Listed, image_size: int | None, progress: Progress | None, *, keep: bool = True
) -> Loaded:
    """Decode every file once; the unreadable are passed over, each with a sentence.

    Few pixels are kept in memory, unless `keep` is false.
    """
    files = listed.train.files + listed.test.files
    names = relative_names(files, listed.root)
    opened = open_files(files, names, image_size, progress, keep=keep)
    n_train = len(listed.train.files)
    readable = [files[i] for i in opened.index_N]
    pictures = larger_pictures(readable, opened.images.shape[1:])
    train = _part(listed.train, names[:n_train], opened, pictures, first=0)
    test = _part(listed.test, names[n_train:], opened, pictures, first=n_train)
    return Loaded(
        train=train,
        test=test if listed.test.files else None,
        class_names=listed.class_names,
        title=listed.title,
        n_listed=len(listed.train.files),
        size_reason=opened.size_reason,
        skipped=listed.skipped + opened.skipped,
        notes=listed.notes,
    )


def relative_names(files: Sequence[ImageFile], root: Path) -> list[str]:
    """Name files as people see them: relative to the root where they lie below it, with "/"."""
    start = f"{root}{os.sep}"
    return [
        printable(file.removeprefix(start).replace(os.sep, "/"))
        if isinstance(file, str)
        else file.name
        for file in files
    ]


def _part(
    files: FileList,
    names: Sequence[str],
    opened: OpenedFiles,
    pictures: Images | None,
    *,
    first: int,
) -> Part:
    """Take the readable ones of these files, which begin at position `first` of all opened."""
    inside = (opened.index_N >= first) & (opened.index_N < first + len(names))
    mine, rows = np.flatnonzero(inside), opened.index_N[inside] - first
    return Part(
        images=opened.images.take(mine),
        given_N=files.given_N[rows],
        clean_N=None if files.clean_N is None else files.clean_N[rows],
        names=tuple(names[i] for i in rows),
        position_N=rows,
        pictures=None if pictures is None else pictures.take(mine),
    )
