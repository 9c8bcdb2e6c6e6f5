"""An export that was killed leaves nothing for good."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mild.export.folders.leftovers import SWEEP_SECONDS
from mild.export.write import write_file


def test_the_next_export_sweeps_what_a_killed_one_left_an_hour_ago(tmp_path: Path) -> None:
    old, others = tmp_path / ".out.csv.123.tmp", tmp_path / ".mine.csv.123.tmp"
    fresh = tmp_path / ".out.csv.124.tmp"
    folder = tmp_path / ".making-out.csv-123"
    folder.mkdir()
    for path in (old, others, fresh, folder / "image.png"):
        path.write_bytes(b"half")
    long_ago = time.time() - SWEEP_SECONDS - 1
    for path in (old, others, folder):
        os.utime(path, (long_ago, long_ago))
    write_file(tmp_path / "out.csv", b"whole")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"out.csv", fresh.name, others.name}
