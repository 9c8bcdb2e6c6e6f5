"""What a data source is: a name, a line for people, and how its images and labels are had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mild.config import DataConfig
from mild.data.parts import Loaded
from mild.data.sources.listed import Listed


def _none(config: DataConfig) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where images and labels come from: either `list_files` or `load` is there."""

    name: str
    label: str
    """One line for people."""
    order: int = 90
    """Place among the sources that are offered."""
    list_files: Callable[[DataConfig], Listed] | None = None
    """The files and labels of a source that consists of files, none of them opened."""
    list_here: Callable[[DataConfig], Listed | None] | None = None
    """The same for pages, by a list that may be some minutes old; None of a data set that would
    have to be fetched as a whole. Where `list_here` is None, `list_files` is for pages, too."""
    in_tables: bool = False
    """Whether its images lie inside other files, so that they have no paths of their own."""
    load: Callable[[DataConfig], Loaded] | None = None
    """The images of any other source, in memory; DataError where they cannot be had."""
    glance: Callable[[DataConfig], Loaded | None] | None = None
    """For a preview of what is loaded: at least the training part, without torch and without
    downloading; None where that cannot be."""
    problems: Callable[[DataConfig], list[str]] = _none
    """A sentence for each reason why it could not be had, as far as can be told in a moment."""
    needs_path: bool = False
    """Whether a person has to say where it lies."""
    takes_addresses: bool = False
    """Whether that may be an address such as s3://bucket/folder."""
    own: bool = False
    """A person's own images, of which nothing is held out unless asked for."""
    has_test_part: bool = False
    """Whether a test part comes with it, which a glance may leave out."""
    characters: bool = False
    """Digits and letters, which a flip turns into something else."""
    takes_n_classes: bool = False
    """Whether only its first classes can be asked for."""
    n_classes: int | None = None
    """Known before it is read."""
