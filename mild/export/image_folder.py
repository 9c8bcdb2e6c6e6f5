"""One sub-folder per class with the images to train on; the originals are only ever read.

A source with a test part of its own is written as it was: below train/ and test/. What was held out
of a source without one is written among the rest.
Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from mild.access import Role, needs
from mild.data import load as sources
from mild.data.originals import has_files
from mild.data.places import path_of
from mild.data.sources.listed import Listed, relative_names
from mild.errors import ExportError
from mild.export.account import account_of
from mild.export.pixels import pictures, png
from mild.export.table import LEFT_OUT, Reviewed, label_to_train_on

MAX_BYTES = 120
"""Of a name: file systems allow 255, and " (2)" must still fit."""
N_NAMED = 5
_UNFIT = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenFolder:
    """What was written."""

    n_source: int
    """Images that the source has: the sum of those below."""
    n_written: int
    n_left_out: int
    """By the run's verdict, or by a decision."""
    n_unreadable: int
    """Passed over while the source was read."""
    n_set_aside: int
    """By `validation_fraction`, unused."""
    n_not_in_run: int
    """Not among what the run read; `note` says why that may be."""
    folders: dict[str, str]
    """Class -> its sub-folder: another name where the class's own is no name of a folder."""
    note: str


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    folder: str
    """Relative to the output."""
    file: str


@needs(Role.REVIEWER, "Writing a folder of images")
def write(found: Reviewed, output: Path, *, link: bool, keep_undecided: bool) -> WrittenFolder:
    """Copy the images to train on into class folders, or link to them.

    Images that have no files (digits, torchvision sets, arrays) are written as PNG from the
    pictures that the run holds, at most 256 pixels a side.

    Raises
    ------
    ExportError
        If the output is not empty or lies in the data set, or an image is no longer there.
        Nothing is left behind then.
    """
    label_A = label_to_train_on(found, keep_undecided=keep_undecided)
    kept = np.flatnonzero(label_A != LEFT_OUT)
    _check(found, output, link, len(kept))
    from_files = has_files(found.config.data)
    listed = sources.listed(found.config.data)
    files = _source_files(found, listed, kept.tolist()) if listed else {}
    folders = folder_names(found.measured.class_names)
    places = list(_places(found, kept.tolist(), label_A.tolist(), folders, with_suffix=from_files))
    _write_all(found, output, places, files, link=link)
    names = found.measured.class_names
    used = sorted({int(label_A[index]) for index in kept})
    account = account_of(found, listed)
    png_note = "" if from_files else "Written as PNG from the pictures that the run holds."
    empty = [name for label, name in enumerate(names) if label not in used]
    return WrittenFolder(
        n_source=account.n_source,
        n_written=len(kept),
        n_left_out=found.measured.n - len(kept),
        n_unreadable=account.n_unreadable,
        n_set_aside=account.n_set_aside,
        n_not_in_run=account.n_not_in_run,
        folders={names[label]: folders[label] for label in used},
        note=" ".join(item for item in (png_note, _empty(empty), account.note) if item),
    )


def _empty(names: list[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(f"'{name}'" for name in names[:N_NAMED])
    more = ", ..." if len(names) > N_NAMED else ""
    of = "the class" if len(names) == 1 else f"{len(names)} classes"
    return f"Nothing is written of {of} {shown}{more}."


def folder_names(class_names: tuple[str, ...]) -> list[str]:
    """A folder for every class, whatever it is called; no two alike, even where case is ignored.

    Examples
    --------
    >>> folder_names(("cat", "../etc", "CAT", "", "-1"))
    ['cat', '_etc', 'CAT (2)', 'class 3', '-1']
    """
    seen: Counter[str] = Counter()
    return [
        _distinct(_fit(name) or f"class {label}", "", seen)
        for label, name in enumerate(class_names)
    ]


def _fit(name: str) -> str:
    """No separator, no leading dot (hidden, or the folder above), not too long."""
    name = _UNFIT.sub("_", name).strip(". ")
    return name.encode()[:MAX_BYTES].decode(errors="ignore").rstrip(". ")


def _distinct(stem: str, suffix: str, seen: Counter[str]) -> str:
    name, number = f"{stem}{suffix}", 1
    while seen[name.casefold()]:
        number += 1
        name = f"{stem} ({number}){suffix}"
    seen[name.casefold()] += 1
    return name


def _check(found: Reviewed, output: Path, link: bool, n_kept: int) -> None:
    if n_kept == 0:
        raise ExportError(f"run {found.run.run_id}: no image is kept, so there is none to write.")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        what = "is not empty" if output.is_dir() else "is a file"
        raise ExportError(f"{output} {what}; give a folder that is empty or does not exist yet.")
    if not has_files(found.config.data):
        if link:
            raise ExportError(
                f"the data set '{found.config.data.source}' has no image files to link to; "
                "leave --link out, and PNG files are written."
            )
        return
    source = path_of(found.config.data).resolve()
    source = source if source.is_dir() else source.parent
    if output.resolve().is_relative_to(source):
        raise ExportError(
            f"{output} lies in the data set's own folder {source}; give a folder outside of it."
        )


def _source_files(found: Reviewed, listed: Listed, kept: list[int]) -> dict[int, str]:
    """Each instance's file, in the data set as it is listed now."""
    file_of: dict[str, list[str]] = {}
    files = listed.train.files + listed.test.files
    for name, file in zip(relative_names(files, listed.root), files, strict=True):
        file_of.setdefault(name, []).append(file)
    found_files: dict[int, str] = {}
    missing = []
    for index in kept:
        name = str(found.measured.names_A[index])
        same = file_of.get(name, [])
        if len(same) == 1 and Path(same[0]).is_file():
            found_files[index] = same[0]
        else:
            missing.append(name)
    if missing:
        first = ", ".join(missing[:N_NAMED]) + (", ..." if len(missing) > N_NAMED else "")
        raise ExportError(
            f"{len(missing):,} of {len(kept):,} images are no longer where they were ({first}); "
            f"put them back below {listed.root}, or decide to drop them."
        )
    return found_files


def _places(
    found: Reviewed, kept: list[int], label_A: list[int], folders: list[str], *, with_suffix: bool
) -> Iterator[_Place]:
    """Where each image goes: by its own file name, numbered where two meet."""
    own_test_part = bool(found.run.facts().get("own_test_part"))
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for index in kept:
        name = PurePosixPath(str(found.measured.names_A[index]))
        stem, suffix = (name.stem, name.suffix) if with_suffix else (name.name, ".png")
        folder = folders[label_A[index]]
        if own_test_part:
            folder = f"{'test' if found.measured.held_out_A[index] else 'train'}/{folder}"
        stem, suffix = _fit(stem) or f"image {index}", _UNFIT.sub("_", suffix)[:16]
        yield _Place(index, folder, _distinct(stem, suffix, seen[folder]))


def _write_all(
    found: Reviewed, output: Path, places: list[_Place], files: dict[int, str], *, link: bool
) -> None:
    """Into a folder beside the output, which takes the output's name when it is whole."""
    making = output.with_name(f".making-{output.name}-{os.getpid()}")
    try:
        making.mkdir(parents=True)
        for folder in {place.folder for place in places}:
            (making / folder).mkdir(parents=True)
        _write_images(found, making, places, files, link=link)
        making.rename(output)
    except OSError as error:
        raise ExportError(
            f"{output} cannot be written ({error.strerror}); "
            "name a folder that you can write, on a disk with room."
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write_images(
    found: Reviewed, making: Path, places: list[_Place], files: dict[int, str], *, link: bool
) -> None:
    index_T = np.array([place.index for place in places])
    thumbnails_T = None if files else pictures(found.run, index_T)
    for position, place in enumerate(places):
        target = making / place.folder / place.file
        if thumbnails_T is not None:
            target.write_bytes(png(thumbnails_T[position]))
        elif link:
            target.symlink_to(Path(files[place.index]).absolute())
        else:
            shutil.copy2(files[place.index], target)
