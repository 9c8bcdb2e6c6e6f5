"""What a writer was killed in the middle of is not read: neither epochs nor anything else."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from mild.store.folder import RunFolder
from mild.store.run import Run
from tests.runs_for_tests import write_run


def test_a_journal_that_a_killed_writer_left_is_rolled_back(
    runs_root: Path, tmp_path: Path
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    before = run.epochs()
    killed = RunFolder(tmp_path / "copy")
    with closing(sqlite3.connect(run.folder.database)) as writer:
        writer.execute("PRAGMA cache_size = 2")  # so that pages are written before the commit
        writer.execute("UPDATE epochs SET train_loss = 99")
        writer.executemany(
            "INSERT INTO facts VALUES (?, ?)", [(f"fact {k}", "0" * 3000) for k in range(50)]
        )
        shutil.copytree(run.folder.path, killed.path)
    assert killed.database.with_name("run.db-journal").stat().st_size
    assert Run(killed).epochs() == before
    assert "fact 1" not in Run(killed).facts()
