"""Files below a folder, in an order that is the same on every machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mild.data.decode import printable

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)


def subfolders(folder: Path) -> list[Path]:
    """Direct sub-folders in order of name; hidden ones are left out."""
    return [Path(entry.path) for entry in _entries(folder) if _is_dir(entry)]


def images_directly_in(folder: Path) -> list[Path]:
    """Image files of this folder itself."""
    return [Path(entry.path) for entry in _entries(folder) if _is_image(entry)]


def images_below(folder: Path, notes: list[str]) -> Iterator[str]:
    """Image files in this folder and, link or not, the folders below it.

    A link that leads back to a folder it lies in is not followed; a sentence is added to `notes`.
    """
    above = os.path.realpath(folder.parent)
    yield from _images_below(folder, (above, *map(str, Path(above).parents)), notes)


def _images_below(folder: Path, above: tuple[str, ...], notes: list[str]) -> Iterator[str]:
    here = os.path.realpath(folder)
    if here in above:
        notes.append(f"{printable(folder)}: is a link back to a folder above it, not followed.")
        return
    for entry in _entries(folder):
        if _is_dir(entry):
            yield from _images_below(Path(entry.path), (*above, here), notes)
        elif _is_image(entry):
            yield entry.path


def _is_image(entry: os.DirEntry[str]) -> bool:
    """By its name alone: what is inside shows when it is decoded."""
    return not _is_dir(entry) and Path(entry.name).suffix.lower() in IMAGE_SUFFIXES


def _is_dir(entry: os.DirEntry[str]) -> bool:
    """A link in a loop of links is no folder."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]
    return sorted(visible, key=lambda entry: os.fsencode(entry.name))
