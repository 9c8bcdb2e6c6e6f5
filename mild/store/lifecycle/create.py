"""Making a run: its folder, in the state `queued`, before any worker has it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from mild.config import RunConfig
from mild.errors import RunError
from mild.store.database import tables
from mild.store.folder import RunFolder, runs_root
from mild.store.lifecycle.draft import make_folder
from mild.store.writing.config_file import write_config


def create_run(config: RunConfig, root: Path | None = None) -> RunFolder:
    """Make the folder of a new run, in the state `queued`.

    Raises
    ------
    RunError
        If the runs folder cannot be written.
    """
    root = root or runs_root()

    def fill(draft: RunFolder) -> None:
        write_config(draft, config)
        tables.create(draft.database, created=time.time())

    try:
        return make_folder(root, config.name, fill)
    except (OSError, sqlite3.Error) as error:
        raise RunError(
            f"runs folder {root} cannot be written ({getattr(error, 'strerror', error)}); "
            "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
        ) from error
