"""What a killed export left beside its output: swept by a later export to the same place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from pathlib import Path

SWEEP_SECONDS = 3600.0
"""How old it must be: whoever is still at it, here or on another machine, takes less."""


def sweep_beside(output: Path) -> None:
    """Remove half-made files and folders of this output that nobody is at work on any more."""
    name = re.escape(output.name)
    half_made = re.compile(rf"\.making-{name}-\d+|\.{name}\.\d+\.tmp")
    if not output.parent.is_dir():
        return
    for entry in os.scandir(output.parent):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to remove
            age = time.time() - entry.stat(follow_symlinks=False).st_mtime
            if not half_made.fullmatch(entry.name) or age < SWEEP_SECONDS:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                Path(entry.path).unlink()
