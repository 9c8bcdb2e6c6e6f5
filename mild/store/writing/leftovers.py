"""Folders of runs whose making or deleting was cut short: swept when the next run is made."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

MAKING, DELETING = ".making-", ".deleting-"
"""How folders begin that are not whole yet, or not any more."""
MAKING_SECONDS = 3600.0
"""Nobody takes longer to make a run; a branch of a large one may copy for a while."""


def sweep(root: Path) -> list[str]:
    """Remove what is left of runs half made and half deleted; their names, for who wants to say.

    What cannot be removed is left for the next time.
    """
    swept = []
    for entry in _entries(root):
        old = entry.name.startswith(DELETING) or (
            entry.name.startswith(MAKING) and _age(entry) > MAKING_SECONDS
        )
        if old and entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
            swept.append(entry.name)
    return swept


def _entries(root: Path) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(root))
    except OSError:
        return []


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime
    except OSError:  # gone meanwhile
        return 0.0
