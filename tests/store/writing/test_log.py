"""worker.log does not grow for ever: a large one is put aside when the next worker begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.store.writing import log
from tests.runs_for_tests import write_run


def test_a_large_log_is_put_aside_and_a_small_one_gone_on_with(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    monkeypatch.setattr(log, "MOST_BYTES", 10)
    for text in ("first", "second and long", "third"):
        with log.open_log(run.folder) as file:
            file.write(text.encode() + b"\n")
    assert run.folder.log.read_text() == "third\n"
    assert run.folder.log.with_name("worker.log.1").read_text() == "first\nsecond and long\n"
    assert run.log_tail() == "third"
