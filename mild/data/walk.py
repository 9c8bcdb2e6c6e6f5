"""Files below a folder, in an order that is the same on every machine."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mild.visible import printable

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)


def subfolders(folder: Path) -> list[Path]:
    """List direct sub-folders in order of name; hidden ones are left out."""
    return [Path(entry.path) for entry in _entries(folder) if _is_dir(entry)]


def images_directly_in(folder: Path) -> list[Path]:
    """List the image files of this folder itself."""
    return [
        Path(entry.path) for entry in _entries(folder) if _is_image(entry) and not _is_dir(entry)
    ]


def images_below(folder: Path, notes: list[str], others: Counter[str]) -> Iterator[str]:
    """List image files in this folder and, link or not, the folders below it, in order.

    A link that leads back to a folder it lies in is not followed, a folder that must not be read is
    passed over; a sentence for each is added to `notes`. Other files are counted in `others`, by
    how their names end.
    """
    yield from _images_below(folder, _folders_above(folder), notes, others, _entries)


def has_images(folder: Path) -> bool:
    """Tell whether there is an image at any depth, without sorting a million names."""
    found = _images_below(folder, _folders_above(folder), [], Counter(), _visible)
    return next(found, None) is not None


def _folders_above(folder: Path) -> tuple[str, ...]:
    above = os.path.realpath(folder.parent)
    return (above, *map(str, Path(above).parents))


def _images_below(
    folder: Path,
    above: tuple[str, ...],
    notes: list[str],
    others: Counter[str],
    entries_of: Callable[[Path], Iterable[os.DirEntry[str]]],
) -> Iterator[str]:
    here = os.path.realpath(folder)
    if here in above:
        notes.append(f"{printable(folder)}: is a link back to a folder above it, not followed.")
        return
    try:
        for entry in entries_of(folder):
            if _is_dir(entry):
                below = Path(entry.path)
                yield from _images_below(below, (*above, here), notes, others, entries_of)
            elif _is_image(entry):
                yield entry.path
            else:
                others[_suffix(entry)] += 1
    except OSError as error:
        notes.append(f"{printable(folder)}: cannot be listed ({error.strerror}), passed over.")


def _is_image(entry: os.DirEntry[str]) -> bool:
    """Ask for an image by its name alone: what is inside shows when it is decoded."""
    return _suffix(entry) in IMAGE_SUFFIXES


def _suffix(entry: os.DirEntry[str]) -> str:
    return os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 - for speed


def _is_dir(entry: os.DirEntry[str]) -> bool:
    """Ask whether it is a folder; a link in a loop of links is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return sorted(_visible(folder), key=lambda entry: os.fsencode(entry.name))


def _visible(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith((".", "__MACOSX")):
                yield entry
