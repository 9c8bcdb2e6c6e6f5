"""Move the files of a plan, all or none, nothing overwritten, with a patch that undoes it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mild.errors import PatchError
from mild.export.patch.changes import write_changes, write_header
from mild.export.patch.plan import Move
from mild.visible import printable

_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EACCES, errno.ENOSYS}
"""A file system says one of these where it has no hard links, or not between these two places."""


def apply_moves(moves: Sequence[Move], reverse: Path) -> None:
    """Move every file, and write the patch that takes them back, a row before each move.

    So even of an apply that was killed half way, what was moved can be taken back.

    Raises
    ------
    PatchError
        If a file cannot be moved, or the reverse patch cannot be written; then all are where they
        were, and nothing is left behind.
    """
    done: list[Move] = []
    made: list[Path] = []
    try:
        with reverse.open("x", encoding="utf-8", newline="") as file:
            write_header(file, to=True)
            for move in moves:
                write_changes(file, [move.undo], to=True)
                file.flush()
                made += _make_folder(move.target.parent)
                if move.is_half_done:
                    move.source.unlink()
                else:
                    _move(move.source, move.target)
                done.append(move)
    except FileExistsError as error:
        _take_back(done, made, None if error.filename == os.fspath(reverse) else reverse)
        raise PatchError(
            [f"{printable(error.filename2 or error.filename)} exists already; nothing was changed."]
        ) from None
    except OSError as error:
        _take_back(done, made, reverse)
        where = printable(error.filename) if error.filename else "a file"
        raise PatchError(
            [f"{where} cannot be moved ({error.strerror or error}); nothing was changed."]
        ) from None


def _move(source: Path, target: Path) -> None:
    """Move a file, or a link itself; a target that appeared meanwhile stays as it is."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy(source, target)
    try:
        source.unlink()
    except OSError:
        target.unlink()  # it stays where it was
        raise


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    target.open("xb").close()  # one that appeared meanwhile stays as it is
    try:
        shutil.copy2(source, target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path) -> list[Path]:
    """Make it and those above it; return which were made, the innermost last."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _take_back(done: list[Move], made: list[Path], reverse: Path | None) -> None:
    for move in reversed(done):
        _move(move.target, move.source)
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
    if reverse is not None:
        reverse.unlink(missing_ok=True)
