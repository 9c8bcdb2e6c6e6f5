"""worker.log does not grow for ever: a large one is put aside, also while it is printed to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mild.store.writing import log
from tests.runs_for_tests import PROJECT, write_run


def test_a_large_log_is_put_aside_and_a_small_one_gone_on_with(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    monkeypatch.setattr(log, "MOST_BYTES", 20)
    for text in ("first", "second and long", "third"):
        with log.open_log(run.folder) as file:
            file.write(text.encode() + b"\n")
    assert run.folder.log.read_text() == "third\n"
    assert run.folder.log.with_name("worker.log.1").read_text() == "second and long\n"
    assert run.log_tail() == "third"


_PRINTS = """
import sys
from pathlib import Path
from mild.store.folder import RunFolder
from mild.store.writing import log

log.MOST_BYTES = 1000
folder = RunFolder(Path(sys.argv[1]))
for number in range(100):
    print(f"line {number:03d} of what a network of somebody's own prints", flush=True)
    log.rotate(folder)
"""


def test_a_worker_that_prints_all_the_time_keeps_its_newest_lines_in_two_small_files(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    with log.open_log(run.folder) as file:
        command = [sys.executable, "-c", _PRINTS, str(run.folder.path)]
        subprocess.run(command, stdout=file, stderr=file, check=True, cwd=PROJECT)
    now, before = run.folder.log, run.folder.log.with_name("worker.log.1")
    assert now.stat().st_size + before.stat().st_size < 3000
    lines = [text[:8] for text in (before.read_text() + now.read_text()).splitlines()]
    assert lines == [f"line {number:03d}" for number in range(100 - len(lines), 100)]


def test_a_worker_that_prints_nothing_but_one_endless_line_has_a_small_log(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    prints = _PRINTS.replace("print(", "os.write(1, bytes(50_000))  # ")
    with log.open_log(run.folder) as file:
        command = [sys.executable, "-c", f"import os{prints}", str(run.folder.path)]
        subprocess.run(command, stdout=file, stderr=file, check=True, cwd=PROJECT)
    assert run.folder.log.stat().st_size == 0
    assert run.folder.log.with_name("worker.log.1").stat().st_size == 1000


def test_what_a_loop_of_somebodys_own_prints_elsewhere_is_left_alone(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=60, until="stopped")
    run.folder.log.write_bytes(b"x" * 100)
    monkeypatch.setattr(log, "MOST_BYTES", 10)
    log.rotate(run.folder)
    assert run.folder.log.stat().st_size == 100
