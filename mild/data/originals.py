"""The original of an image that a run's source names, and no other file.

A run may come from anywhere: what its files call an image is looked up among the files that its
source lists, never opened as a path.
"""

from __future__ import annotations

from mild.access.paths import refusal
from mild.config import DataConfig
from mild.data.images.decode import DecodedWhole, decode_within
from mild.data.images.image_file import ImageFile
from mild.data.load import listed
from mild.data.places import closed, path_of
from mild.data.remote.address import address_of
from mild.data.sources import SOURCES
from mild.data.sources.listed import relative_names
from mild.data.walk import IMAGE_SUFFIXES
from mild.errors import DataError


def has_originals(data: DataConfig) -> bool:
    """Tell whether every image of the source can be read by its name: a file, or in a table."""
    source = SOURCES.get(data.source)  # None of a recorded run
    return source is not None and source.list_files is not None


def has_files(data: DataConfig) -> bool:
    """Tell whether every image of the source is a file of its own on this machine."""
    is_here = address_of(data.path or "") is None
    return has_originals(data) and is_here and not SOURCES[data.source].in_tables


class Originals:
    """Where the originals of a run's images are; a list of them is read when it is needed."""

    def __init__(self, data: DataConfig) -> None:
        self._data = data
        self._file_of: dict[str, ImageFile] | None = None

    def read(self, name: str, side: int) -> DecodedWhole | None:
        """Decode an image by its name in the run, no side longer than `side` pixels.

        Returns
        -------
        None where the source has no file of that name, or the file is gone, cannot be read, or lies
        where no data may come from.
        """
        if not has_originals(self._data):
            return None
        if closed(self._data):
            return None
        below = self._below_root(name) if has_files(self._data) else None
        file = below or self._listed(name)
        try:
            return None if file is None else decode_within(file, side)
        except DataError:
            return None

    def _below_root(self, name: str) -> str | None:
        """Find a name below the source's folder, as most are: no list is needed for these."""
        root = path_of(self._data).resolve()
        try:
            file = (root / name).resolve()
            fine = file.is_relative_to(root) and file.suffix.lower() in IMAGE_SUFFIXES
            return str(file) if fine and not refusal(file) and file.is_file() else None
        except (OSError, ValueError):
            return None

    def _listed(self, name: str) -> ImageFile | None:
        """Find a name in the source's list: manifests may lead elsewhere, and rows have no path."""
        if self._file_of is None:
            self._file_of = _listed_files(self._data)
        return self._file_of.get(name)


def _listed_files(data: DataConfig) -> dict[str, ImageFile]:
    try:
        found = listed(data)
    except (DataError, OSError):
        return {}
    if found is None:
        return {}
    files = found.train.files + found.test.files
    named = zip(relative_names(files, found.root), files, strict=True)
    return dict(named)
