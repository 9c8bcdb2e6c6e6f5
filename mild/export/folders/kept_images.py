"""The images of a run's source as they are now: where each instance's is, and its content."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from mild.data import load as sources
from mild.data.images.decode import FORMATS
from mild.data.images.image_file import ImageFile
from mild.data.originals import has_files
from mild.data.places import path_of
from mild.data.sources.listed import Listed, relative_names
from mild.errors import DataError, ExportError
from mild.export.folders.output_folder import N_NAMED
from mild.export.table import Reviewed
from mild.visible import printable
from mild.words import some


def listed_source(found: Reviewed) -> Listed | None:
    """List the images of a run's source, fetched where none of it is here; None where it has none.

    Raises
    ------
    DataError
        If it cannot be had.
    ExportError
        If its folder or file was moved or deleted.
    """
    data = found.config.data
    if has_files(data) and not path_of(data).exists():
        raise ExportError(
            f"The images are no longer at {printable(path_of(data))}. Move them back there for "
            "this; tables such as CSV can be written without them."
        )
    return sources.listed(data) or sources.listed(data, here=False)


def source_images(found: Reviewed, listed: Listed, kept: Sequence[int]) -> dict[int, ImageFile]:
    """Find each instance's image in the data set as it is listed now.

    Raises
    ------
    ExportError
        If one is no longer there, or two have its name.
    """
    images_of: dict[str, list[ImageFile]] = {}
    images = listed.train.files + listed.test.files
    for name, image in zip(relative_names(images, listed.root), images, strict=True):
        images_of.setdefault(name, []).append(image)
    found_images: dict[int, ImageFile] = {}
    missing = []
    for index in kept:
        name = str(found.measured.names_A[index])
        same = images_of.get(name, [])
        if len(same) == 1 and _is_there(same[0]):
            found_images[index] = same[0]
        else:
            missing.append(name)
    if missing:
        raise ExportError(
            f"{len(missing):,} of {len(kept):,} images are no longer where they were "
            f"({some(missing, N_NAMED)}); "
            f"put them back below {found.config.data.path}, or decide to drop them."
        )
    return found_images


def content(image: ImageFile) -> bytes:
    """Return an encoded image that is no file of its own.

    Raises
    ------
    ExportError
        If it can no longer be read.
    """
    assert not isinstance(image, str), "a file is copied, not read"
    try:
        return image.read()
    except DataError as error:
        raise ExportError(f"{error} Put it back, or decide to drop it.") from None


def suffix_of(encoded: bytes) -> str:
    """Return how the name of a file with this content ends, such as ".jpeg"."""
    try:
        with Image.open(io.BytesIO(encoded), formats=FORMATS) as image:
            return f".{(image.format or '').lower()}"
    except (OSError, ValueError):
        return ""


def _is_there(image: ImageFile) -> bool:
    return not isinstance(image, str) or Path(image).is_file()
