"""What an export format is: a name, words for people, and what writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mild.export.folders.output_folder import WrittenFolder
from mild.export.table import Reviewed


def _every_instance(found: Reviewed) -> int:
    return found.measured.n


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One way to take a reviewed run along."""

    name: str
    """As `export --format` takes it."""
    title: str
    """On the page's button."""
    order: int = 50
    """Place among the formats."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFormat(Format):
    """One file that holds a whole run."""

    suffix: str
    mime: str
    write: Callable[[Reviewed], bytes]
    """The content of the file."""
    n_rows: Callable[[Reviewed], int] = _every_instance
    """How many rows that is."""
    needs_pictures: bool = False
    """Whether the images themselves are written, or where they are."""


class FolderWriter(Protocol):
    """Writes a folder, and says what it wrote."""

    def __call__(
        self, found: Reviewed, output: Path, *, link: bool, keep_undecided: bool
    ) -> WrittenFolder:
        """Write the images of `found` below `output`."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderFormat(Format):
    """A folder of images to train on."""

    write: FolderWriter
    extra: str | None = None
    """Of the installation, where the format needs one."""
