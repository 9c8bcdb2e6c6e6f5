"""One sub-folder per class with the images to train on; the originals are only ever read.

A source with a test part of its own is written as it was: below train/ and test/. What was held out
of a source without one is written among the rest.
Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from mild.access import Role, needs
from mild.data.images.image_file import ImageFile
from mild.data.originals import has_files, has_originals
from mild.data.walk import IMAGE_SUFFIXES
from mild.errors import ExportError
from mild.export.folders.kept_images import content, listed_source, source_images, suffix_of
from mild.export.folders.output_folder import (
    UNFIT,
    WrittenFolder,
    as_file_name,
    check_output,
    making,
    written_folder,
)
from mild.export.folders.pixels import pictures, png
from mild.export.table import LEFT_OUT, Reviewed, label_to_train_on


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    folder: str
    """Relative to the output."""
    file: str


@needs(Role.REVIEWER, "Writing a folder of images")
def write(found: Reviewed, output: Path, *, link: bool, keep_undecided: bool) -> WrittenFolder:
    """Copy the images to train on into class folders, or link to them.

    Images that no source has as they were encoded (digits, torchvision sets, arrays) are written as
    PNG from the pictures that the run holds, at most 256 pixels a side.

    Raises
    ------
    ExportError
        If the output is not empty or lies in the data set, or an image is no longer there.
        Nothing is left behind then.
    """
    label_A = label_to_train_on(found, keep_undecided=keep_undecided)
    kept = np.flatnonzero(label_A != LEFT_OUT).tolist()
    check_output(found, output, len(kept))
    if link and not has_files(found.config.data):
        raise ExportError(
            f"the data set '{found.config.data.source}' has no image files to link to; "
            "leave --link out, and the images are written."
        )
    listed = listed_source(found)
    images = source_images(found, listed, kept) if listed else {}
    folders = folder_names(found.measured.class_names)
    places = list(
        _places(
            found, kept, label_A.tolist(), folders,
            with_suffix=has_originals(found.config.data),
        )
    )  # fmt: skip
    with making(output) as folder:
        for name in {place.folder for place in places}:
            (folder / name).mkdir(parents=True)
        _write_images(found, folder, places, images, link=link)
    return written_folder(found, label_A, listed, folders)


def folder_names(class_names: tuple[str, ...]) -> list[str]:
    """Name a folder for every class, no two alike, even where case is ignored.

    Examples
    --------
    >>> folder_names(("cat", "../etc", "CAT", "", "-1"))
    ['cat', '_etc', 'CAT (2)', 'class 3', '-1']
    """
    seen: Counter[str] = Counter()
    return [
        _distinct(as_file_name(name) or f"class {label}", "", seen)
        for label, name in enumerate(class_names)
    ]


def _distinct(stem: str, suffix: str, seen: Counter[str]) -> str:
    name, number = f"{stem}{suffix}", 1
    while seen[name.casefold()]:
        number += 1
        name = f"{stem} ({number}){suffix}"
    seen[name.casefold()] += 1
    return name


def _places(
    found: Reviewed, kept: list[int], label_A: list[int], folders: list[str], *, with_suffix: bool
) -> Iterator[_Place]:
    """Place each image by its own file name, numbered where two meet."""
    own_test_part = bool(found.run.facts().get("own_test_part"))
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for index in kept:
        name = PurePosixPath(str(found.measured.names_A[index]))
        stem, suffix = (name.stem, name.suffix) if with_suffix else (name.name, ".png")
        folder = folders[label_A[index]]
        if own_test_part:
            folder = f"{'test' if found.measured.held_out_A[index] else 'train'}/{folder}"
        stem, suffix = as_file_name(stem) or f"image {index}", UNFIT.sub("_", suffix)[:16]
        yield _Place(index, folder, _distinct(stem, suffix, seen[folder]))


def _write_images(
    found: Reviewed, folder: Path, places: list[_Place], images: dict[int, ImageFile], *, link: bool
) -> None:
    index_T = np.array([place.index for place in places])
    thumbnails_T = None if images else pictures(found.run, index_T)
    for position, place in enumerate(places):
        target = folder / place.folder / place.file
        if thumbnails_T is not None:
            target.write_bytes(png(thumbnails_T[position]))
            continue
        image = images[place.index]
        if not isinstance(image, str):
            encoded = content(image)
            known = target.suffix.lower() in IMAGE_SUFFIXES
            target = target.with_name(f"{target.name}{'' if known else suffix_of(encoded)}")
            target.write_bytes(encoded)
        elif link:
            target.symlink_to(Path(image).absolute())
        else:
            shutil.copy2(image, target)
