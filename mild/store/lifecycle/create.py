"""Making a run: its folder, in the state `queued`, before any worker has it."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import time
from pathlib import Path

from mild.config import RunConfig
from mild.errors import RunError
from mild.store.database import tables
from mild.store.folder import RunFolder, new_run_id, runs_root
from mild.store.writing.config_file import write_config
from mild.store.writing.leftovers import sweep

TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
"""What the system says of an id that another run of the same second has got."""


def create_run(config: RunConfig, root: Path | None = None) -> RunFolder:
    """Make the folder of a new run, in the state `queued`.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    """
    root = root or runs_root()
    while True:
        folder = RunFolder(root / new_run_id(config.name))
        making = root / f".making-{folder.run_id}"
        try:
            _make(config, making, folder)
            return folder
        except (OSError, sqlite3.Error) as error:
            shutil.rmtree(making, ignore_errors=True)
            if getattr(error, "errno", None) in TAKEN:
                continue
            raise RunError(
                f"runs folder {root} cannot be written ({getattr(error, 'strerror', error)}); "
                "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
            ) from error


def _make(config: RunConfig, making: Path, folder: RunFolder) -> None:
    """Write everything under another name, so that no reader meets half a run."""
    making.mkdir(parents=True)
    draft = RunFolder(making)
    write_config(draft, config)
    tables.create(draft.database, created=time.time())
    draft.lock.touch()
    making.rename(folder.path)
    sweep(folder.path.parent)
