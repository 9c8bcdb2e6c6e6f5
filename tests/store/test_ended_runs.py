"""The file of ended runs: it says what the runs say, as long as nothing about them changed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mild.store import ended_runs
from mild.store.ended_runs import NAME, look, read, write
from mild.store.files import stamp
from mild.store.lifecycle.requeue import requeue
from mild.store.overview import overview
from mild.store.review.about import rename, tag
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import all_runs
from tests.runs_for_tests import write_run


def test_every_field_of_a_line_comes_back_as_it_was(runs_root: Path) -> None:
    run = write_run(runs_root, name="Möwe “1” \x1b[31m")
    tag(run.folder, ("a", "b, c"))
    lines = {run.run_id: (look(run.folder), overview(run))}
    write(runs_root, lines)
    assert read(runs_root) == lines
    assert [item.run_id for item in all_runs(runs_root)] == [run.run_id]


def test_only_what_the_files_alone_tell_is_written(runs_root: Path) -> None:
    runs = [write_run(runs_root, until=until) for until in ("failed", "interrupted", "damaged")]
    write(runs_root, {run.run_id: (look(run.folder), overview(run)) for run in runs})
    assert list(read(runs_root)) == [runs[0].run_id]


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": "1", "lines": {"a": 1}}', "\udcff", "[" * 5000]
)
def test_a_file_that_is_none_is_as_good_as_no_file(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read(tmp_path) == {}


def test_what_is_no_file_or_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / NAME)  # to read it would have no end
    assert read(tmp_path) == {}
    monkeypatch.setattr(ended_runs, "MOST_BYTES", 10)
    (tmp_path / NAME).unlink()
    write(tmp_path, {})
    assert read(tmp_path) == {}


def test_a_file_of_another_format_is_not_used(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, until="failed")
    write(runs_root, {run.run_id: (look(run.folder), overview(run))})
    monkeypatch.setattr(ended_runs, "FORMAT", "2")
    assert read(runs_root) == {}


def test_a_line_under_another_runs_name_is_not_used(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed")
    line = replace(overview(run), run_id="another")
    write(runs_root, {run.run_id: (look(run.folder), line)})
    assert read(runs_root) == {}


def test_whatever_happens_to_a_run_shows_in_the_look_at_its_files(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed")
    folder, seen = run.folder, [look(run.folder)]
    decide(folder, {3: Decision("drop")}, Window("here", 0))
    seen.append(look(folder))
    decide(folder, {3: Decision("keep")}, Window("here", 0))  # of the same size as before
    seen.append(look(folder))
    rename(folder, "the good one")
    seen.append(look(folder))
    requeue(folder, 1.0)
    seen.append(look(folder))
    assert len(set(seen)) == len(seen)


def test_a_file_that_was_put_back_with_its_old_time_and_size_shows(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    path.write_bytes(b"one")
    before, times = stamp.stamp(path), path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert stamp.stamp(path) != before


def test_what_was_written_a_moment_ago_is_not_settled(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    now = stamp.stamp(path)
    assert not stamp.settled(now)
    long_ago = tuple((item[0] - 10**10, item[1] - 10**10, *item[2:]) for item in now)
    assert stamp.settled(long_ago)
    assert stamp.settled(stamp.stamp(tmp_path / "nothing"))
