"""A run is made under another name, so that no reader meets half of one, and then gets its own."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

from mild.store.folder import RunFolder, new_run_id
from mild.store.writing.leftovers import MAKING, sweep

TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
"""What the system says of an id that another run of the same second has got."""


def make_folder(root: Path, name: str, fill: Callable[[RunFolder], None]) -> RunFolder:
    """Make the folder of a run called `name`; `fill` writes what is in it.

    Raises
    ------
    OSError, sqlite3.Error
        If something cannot be written; nothing is left behind.
    """
    while True:
        folder = RunFolder(root / new_run_id(name))
        draft = RunFolder(root / f"{MAKING}{folder.run_id}")
        try:
            draft.path.mkdir(parents=True)
        except FileExistsError:  # somebody else's, who is just making it
            continue
        try:
            fill(draft)
            draft.lock.touch()
            if _renamed(draft.path, folder.path):
                sweep(root)
                return folder
        except BaseException:
            shutil.rmtree(draft.path, ignore_errors=True)
            raise
        shutil.rmtree(draft.path, ignore_errors=True)


def _renamed(draft: Path, path: Path) -> bool:
    """Give a draft its name; False where another run has got it."""
    try:
        draft.rename(path)
    except OSError as error:
        if error.errno in TAKEN:
            return False
        raise
    return True
