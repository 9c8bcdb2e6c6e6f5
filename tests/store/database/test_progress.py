"""The snapshot of a run as readers keep it: the newest, and no other."""

from __future__ import annotations

import gc
from pathlib import Path

from mild.store.database import progress
from mild.store.writer import RunWriter
from tests.runs_for_tests import write_run


def test_of_many_snapshots_of_a_run_readers_keep_the_newest(tmp_path: Path) -> None:
    run = write_run(tmp_path, n=60)
    writer, lines = RunWriter(run.folder), [f"line {k}" for k in range(20)]
    seen = []
    for line in lines:
        writer.event("note", line)
        writer._open.tell(at_once=True)
        written = progress.read(run.folder.progress)
        assert written is not None
        assert line in written.tables
        seen.append(id(written))
        del written
    writer.close()
    kept = [item for item in gc.get_objects() if isinstance(item, progress.Written)]
    assert sum("line 3" in item.tables for item in kept) == 1
