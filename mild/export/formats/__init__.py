"""Formats that a reviewed run is written in, a file each.

A file of this package that binds a `FileFormat` adds it to `FILES`, and by that to the command line
and the buttons of the review page.
"""

from mild.export.formats.format import FileFormat, FolderFormat, Format
from mild.registry import collect

FORMATS = collect(Format, __name__, __path__)
"""Every format by its name."""
FILES = {name: item for name, item in FORMATS.items() if isinstance(item, FileFormat)}
"""Those that are one file."""
FOLDERS = {name: item for name, item in FORMATS.items() if isinstance(item, FolderFormat)}
"""Those that are a folder of images to train on."""

__all__ = ["FILES", "FOLDERS", "FORMATS", "FileFormat", "FolderFormat", "Format"]
