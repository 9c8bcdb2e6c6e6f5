"""The rows of a Hugging Face data set: images that are read when they are asked for, and labels."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mild.access.paths import refusal
from mild.data.labels.encode import unique_names
from mild.errors import DataError
from mild.visible import printable

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True, slots=True)
class RowImage:
    """The image of one row; its bytes stay where they are until they are read."""

    rows: Dataset
    """With the one column `image`, not decoded."""
    row: int
    name: str

    def read(self) -> bytes:
        """Return the encoded image, from the table or from the file that it names."""
        found = self.rows[self.row]["image"]
        if found is None:
            raise DataError(f"{self.name}: its row has no image.")
        if found["bytes"] is not None:
            return bytes(found["bytes"])
        path = Path(found["path"] or "")
        if why := refusal(path):
            raise DataError(why)
        if not path.is_file():
            raise DataError(f"{self.name}: the file that its row names is not there.")
        return path.read_bytes()


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledRows:
    """A split with what it calls its images and its classes."""

    images: list[RowImage]
    labels: list[str]
    """A class's name for each row, empty where it has none."""


def labelled_rows(
    rows: Dataset, image_column: str, label_column: str, split: str, *, prefix: str
) -> LabelledRows:
    """List every row, none of its images read.

    Parameters
    ----------
    prefix
        Stands before the name of a file, so that two splits may each have one of that name.
    """
    from datasets import Image

    undecoded = rows.with_format(None).cast_column(image_column, Image(decode=False))
    only_images = undecoded.select_columns([image_column])
    if image_column != "image":
        only_images = only_images.rename_column(image_column, "image")
    names = _names(only_images, split, prefix)
    return LabelledRows(
        images=[RowImage(only_images, row, name) for row, name in enumerate(names)],
        labels=_labels(rows, label_column),
    )


def class_names(split: Dataset, label_column: str) -> tuple[str, ...] | None:
    """Return the classes that the column's feature names, in its order; None where it has none."""
    names = getattr(split.features[label_column], "names", None)
    if names is None:
        return None
    return unique_names([_called(name, position) for position, name in enumerate(names)])


def _called(name: Any, position: int) -> str:
    return printable(str(name)).strip() or f"class {position}"


def _names(rows: Dataset, split: str, prefix: str) -> Sequence[str]:
    """Use the files' own names where each row has one and no two are alike, else numbers."""
    paths = rows.flatten().select_columns(["image.path"])[:]["image.path"]
    if all(paths) and len(set(paths)) == len(paths):
        if len(paths) > 1 and all(os.path.isabs(path) for path in paths):  # noqa: PTH117
            common = os.path.commonpath([os.path.dirname(path) for path in paths])  # noqa: PTH120
            paths = [os.path.relpath(path, common) for path in paths]
        return [f"{prefix}{printable(path)}" for path in paths]
    return [f"{split} {row}" for row in range(len(paths))]


def _labels(rows: Dataset, column: str) -> list[str]:
    names = class_names(rows, column)
    values = rows.with_format(None).select_columns([column])[:][column]
    if names is None:
        return ["" if value is None else printable(str(value)).strip() for value in values]
    known = dict(enumerate(names))
    return [known.get(value, "") for value in values]
