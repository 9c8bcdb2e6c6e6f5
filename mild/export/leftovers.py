"""What an export that was killed left beside its output: swept by the next one to the same place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path


def sweep_beside(output: Path) -> None:
    """Remove half-made files and folders of this output whose makers are gone.

    Their names end with the maker's process id. A process of another machine with the same folder
    may have one that is taken here by another, or by none: what is a minute old is left alone.
    """
    name = re.escape(output.name)
    half_made = re.compile(rf"\.making-{name}-(\d+)|\.{name}\.(\d+)\.tmp")
    if not output.parent.is_dir():
        return
    for entry in os.scandir(output.parent):
        found = half_made.fullmatch(entry.name)
        if found is None or _lives(int(found[1] or found[2])):
            continue
        with contextlib.suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                Path(entry.path).unlink()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
