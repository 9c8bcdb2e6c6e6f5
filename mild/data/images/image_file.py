"""An image as a source has it: a file of its own, or bytes that something else holds."""

from __future__ import annotations

import os
from typing import Protocol, TypeAlias


class HeldImage(Protocol):
    """An encoded image that is no file of its own: a row of a table, or an object elsewhere.

    Safe to read from several threads, and to hand to another process.
    """

    @property
    def name(self) -> str:
        """What people see; printable, and unique within its source."""

    def read(self) -> bytes:
        """Return the encoded image, such as the content of a JPEG file.

        Raises
        ------
        DataError, OSError
            If it cannot be had.
        """
        ...


ImageFile: TypeAlias = str | HeldImage
"""A path, or an image that something else holds."""


def as_image_file(file: ImageFile | os.PathLike[str]) -> ImageFile:
    """Turn paths of any kind into text; a held image stays what it is."""
    return os.fspath(file) if isinstance(file, os.PathLike) else file
