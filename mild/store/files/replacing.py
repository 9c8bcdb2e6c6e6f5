"""Replace a file whole: readers see the old one or the new one; link one into a branch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"
"""How files end that were not whole yet when their writer was killed."""


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a whole file so that readers see the old one or the new one, never half of one."""
    replace_file(path, lambda file: file.write(content))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file as `replace_bytes` does, with what `write` puts into the open file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)  # on a full disk, its room is needed
        raise
    sync_folder(path.parent)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a second name of a file that is never written in place, or a copy of it."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}{TEMPORARY}")
    temporary.unlink(missing_ok=True)
    try:
        try:
            os.link(source, temporary)
        except OSError:  # no hard links on this file system
            shutil.copyfile(source, temporary)
        temporary.replace(target)
    finally:
        # Between two names of one file, a rename does nothing.
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
