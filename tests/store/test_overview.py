"""A line of the list of runs: cheap to read, for there may be thousands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mild.store.database import connect
from mild.store.overview import overview
from mild.store.writer import RunWriter
from tests.runs_for_tests import write_run


def test_a_line_opens_the_runs_database_once(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, opened, reading = write_run(runs_root), [], connect.reading

    @contextmanager
    def counted(folder: Any) -> Iterator[Any]:
        opened.append(folder.run_id)
        with reading(folder) as connection:
            yield connection

    monkeypatch.setattr(connect, "reading", counted)
    line = overview(run)
    assert (line.state, line.rounds_done, line.rounds_asked) == ("done", 2, 2)
    assert opened == [run.run_id]


def test_what_is_asked_in_one_go_is_what_is_asked_one_by_one(runs_root: Path) -> None:
    run = write_run(runs_root, until="training")
    with run.opened() as opened:
        assert (opened.facts(), opened.epochs(), opened.rounds()) == (
            run.facts(),
            run.epochs(),
            run.rounds(),
        )
        assert opened.recorded_state() == run.recorded_state()


def test_planted_ones_count_among_the_kept_once_the_run_says_what_became_of_them(
    runs_root: Path,
) -> None:
    run = write_run(runs_root)
    n = run.facts()["n_instances"]
    writer = RunWriter(run.folder)
    writer.facts(n_kept=n - 7)
    writer.close()
    line = overview(run)
    assert (line.kept_share, line.flagged) == ((n - 7) / n, 7)
