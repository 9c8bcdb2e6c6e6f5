"""The list of many runs: a new server reads none that has ended, and shows nothing of yesterday."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from mild.store import ended_runs
from mild.store.files import stamp
from mild.store.lifecycle.remove import delete_run
from mild.store.lifecycle.requeue import requeue
from mild.store.review.about import rename
from mild.store.run import Run
from mild.ui.cache import overviews
from mild.ui.cache.run_labels import run_labels
from tests.runs_for_tests import live, write_run

Restart = Callable[[], list[str]]


@pytest.fixture
def runs(runs_root: Path) -> list[Run]:
    return [write_run(runs_root, until="failed", name=name) for name in ("a", "b", "c")]


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Restart:
    """Begin a server anew; returns the ids of the runs that it reads from now on."""
    read: list[str] = []
    real = overviews.overview  # type: ignore[attr-defined]
    monkeypatch.setattr(overviews, "overview", lambda run: read.append(run.run_id) or real(run))
    monkeypatch.setattr(overviews, "WORTH_WRITING", 1)
    monkeypatch.setattr(stamp, "SETTLED_SECONDS", 0.0)

    def begin() -> list[str]:
        st.cache_resource.clear()
        read.clear()
        return read

    begin()
    overviews.overviews(60)
    return begin


def states() -> dict[str, str]:
    return {item.name: item.state for item in overviews.overviews(60).lines}


def test_a_new_server_reads_no_run_that_has_ended(runs: list[Run], restart: Restart) -> None:
    read = restart()
    assert states() == {"a": "failed", "b": "failed", "c": "failed"}
    assert sorted(run_labels(runs).values()) == ["a", "b", "c"]
    assert read == []


def test_a_new_server_reads_what_another_process_changed(runs: list[Run], restart: Restart) -> None:
    read = restart()
    rename(runs[0].folder, "renamed")
    delete_run(runs[1])
    requeue(runs[2].folder, 1.0)
    with live(runs[2]):
        assert states() == {"renamed": "failed", "c": "queued"}
    assert set(read) == {runs[0].run_id, runs[2].run_id}


def test_a_run_that_was_put_in_the_place_of_another_is_read(
    runs: list[Run], restart: Restart
) -> None:
    restart()
    place = runs[0].folder.path
    shutil.rmtree(place)
    shutil.copytree(runs[1].folder.path, place)
    assert sorted(states()) == ["b", "c"]


def test_lines_are_written_once_and_only_where_that_is_worth_it(
    runs: list[Run], restart: Restart, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: list[int] = []
    monkeypatch.setattr(ended_runs, "write", lambda root, lines: wrote.append(len(lines)))
    restart()
    states()
    rename(runs[0].folder, "renamed")
    states()
    states()
    assert wrote == [3]
    monkeypatch.setattr(overviews, "WORTH_WRITING", 2)
    rename(runs[0].folder, "again")
    states()
    assert wrote == [3]


def test_what_was_just_written_is_read_until_it_has_settled(
    runs: list[Run], restart: Restart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamp, "SETTLED_SECONDS", 1e9)
    read = restart()
    rename(runs[0].folder, "renamed")
    states()
    states()
    assert read == [runs[0].run_id] * 2
